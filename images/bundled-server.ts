import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, servicesNamed } from './bundle.js';

const servers = new Map<string, Promise<string>>();

/** What a service's container starts, bundled once a process: for tests and benchmarks that start it here. */
export function bundledServer(name: string): Promise<string> {
  const server = servers.get(name) ?? made(name);
  servers.set(name, server);
  return server;
}

async function made(name: string): Promise<string> {
  const [service] = servicesNamed([name]);
  if (!service) throw new Error(`There is no service ${name}.`);
  return join(await bundle(service, temporaryFolder()), 'server.js');
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cafe-bundle-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

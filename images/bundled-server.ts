import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { bundle, servicesNamed } from './bundle.js';

const servers = new Map<string, Promise<string>>();

/**
 * What a service's container starts, bundled once a process: for tests and benchmarks that start it here.
 *
 * @param plugin - exchanges something of it, by its own name. @default - it is what the image has
 */
export function bundledServer(name: string, plugin?: Plugin): Promise<string> {
  const key = `${name} ${plugin?.name ?? ''}`;
  const server = servers.get(key) ?? made(name, plugin);
  servers.set(key, server);
  return server;
}

async function made(name: string, plugin: Plugin | undefined): Promise<string> {
  const [service] = servicesNamed([name]);
  if (!service) throw new Error(`There is no service ${name}.`);
  const { folder } = await bundle(service, temporaryFolder(), plugin ? [plugin] : []);
  return join(folder, 'server.js');
}

let temporary: string | undefined;

/** One below another, which goes when the process ends. */
function temporaryFolder(): string {
  if (temporary === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'cafe-bundle-'));
    process.once('exit', () => {
      rmSync(folder, { recursive: true, force: true });
    });
    temporary = folder;
  }
  return mkdtempSync(join(temporary, 'service-'));
}

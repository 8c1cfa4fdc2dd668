import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.js';
import type { ImageName } from './image-lock.js';

const servers = new Map<ImageName, Promise<string>>();

/** What a service's container starts, bundled once a process: for tests and benchmarks that start it here. */
export function bundledServer(name: ImageName): Promise<string> {
  const server =
    servers.get(name) ?? bundle(name, temporaryFolder()).then((folder) => join(folder, 'server.js'));
  servers.set(name, server);
  return server;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cafe-bundle-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

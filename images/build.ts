import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundle, servicesNamed } from './bundle.js';
import { DEFAULT_REGISTRY, imageTag } from './image-lock.js';

// Builds the images of the services: `node --import tsx images/build.ts [name …]`.
// REGISTRY is where they will be pushed to, BASE another base image.

const registry = process.env['REGISTRY'] ?? DEFAULT_REGISTRY;
const base = process.env['BASE'];
const dockerfile = fileURLToPath(new URL('../services/Dockerfile', import.meta.url));

for (const service of servicesNamed(process.argv.slice(2))) {
  const started = performance.now();
  const { name } = service;
  const tag = imageTag(name, registry);
  const words = ['build', '--quiet', '--tag', tag, '--file', dockerfile, await bundle(service)];
  if (base !== undefined) words.splice(1, 0, '--build-arg', `BASE=${base}`);
  const docker = spawnSync('docker', words, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (docker.error) {
    console.error(`docker could not be started (${docker.error.message}). Install Docker, and start it.`);
    process.exit(1);
  }
  if (docker.status !== 0) {
    console.error(`docker build of ${name} failed; its own message stands above.`);
    process.exit(1);
  }
  console.log(`built ${tag} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

import { spawnSync } from 'node:child_process';
import { baseImage, DOCKERFILE } from './base-image.js';
import { servicesNamed } from './bundle.js';
import { imageFolder } from './image-folder.js';
import { DEFAULT_REGISTRY, digestOf, imageTag } from './image-lock.js';
import { rememberProvenance } from './provenance.js';

// Builds the images of the services: `node --import tsx images/build.ts [name …]`.
// REGISTRY is where they will be pushed to, BASE another base image.

const registry = process.env['REGISTRY'] ?? DEFAULT_REGISTRY;
const declared = baseImage();
const digest = digestOf()(declared);
const pinned = digest === undefined ? declared : `${declared}@${digest}`;
const base = process.env['BASE'] ?? pinned;

for (const service of servicesNamed(process.argv.slice(2))) {
  const started = performance.now();
  const { name } = service;
  const tag = imageTag(name, registry);
  // Scanners ask for both: https://specs.opencontainers.org/image-spec/annotations/
  const [baseName = base, baseDigest] = base.split('@');
  const labels = [
    ...['--label', `org.opencontainers.image.base.name=${baseName}`],
    ...(baseDigest === undefined ? [] : ['--label', `org.opencontainers.image.base.digest=${baseDigest}`]),
  ];
  const words = [
    ...['build', '--quiet', '--tag', tag, '--file', DOCKERFILE, '--build-arg', `BASE=${base}`, ...labels],
    await imageFolder(service),
  ];
  const docker = spawnSync('docker', words, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (docker.error) {
    console.error(`docker could not be started (${docker.error.message}). Install Docker, and start it.`);
    process.exit(1);
  }
  if (docker.status !== 0) {
    console.error(`docker build of ${name} on ${base} failed; its own message stands above.`);
    if (base === pinned && digest !== undefined) {
      console.error(
        `If it does not find that image: the registry that Docker asks here serves another ${declared} than the one in images.lock.json. "make pin" takes what it serves from now on, "make images BASE=${declared}" this once.`,
      );
    }
    process.exit(1);
  }
  rememberProvenance(docker.stdout.trim(), name, base);
  console.log(`built ${tag} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

import { spawnSync } from 'node:child_process';
import { imageServices } from './bundle.js';
import { DEFAULT_REGISTRY, imageTag, writeImages } from './image-lock.js';

// Pushes the images to REGISTRY and records their digests in images.lock.json, so that the next synth pins them.

const registry = process.env['REGISTRY'] ?? DEFAULT_REGISTRY;

const push = (service: string): string => {
  const tag = imageTag(service, registry);
  const { status, stdout, stderr, error } = spawnSync('docker', ['push', tag], { encoding: 'utf8' });
  const digest = /digest: (sha256:[0-9a-f]{64})/.exec(stdout)?.[1];
  if (status !== 0 || digest === undefined) {
    console.error(`docker push ${tag} failed: ${error?.message ?? (stderr.trim() || stdout.trim())}`);
    console.error(
      `Run "make images" first, and check that REGISTRY (${registry}) can be reached and lets you push.`,
    );
    process.exit(1);
  }
  console.log(`pushed ${tag}@${digest}`);
  return `${tag}@${digest}`;
};

writeImages(Object.fromEntries(imageServices().map(({ name }) => [name, push(name)])));
console.log('wrote images.lock.json; "make synth" now pins these digests');

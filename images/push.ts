import { spawnSync } from 'node:child_process';
import { DEFAULT_REGISTRY, IMAGE_NAMES, type ImageName, imageTag, writeImages } from './image-lock.js';

// Pushes the images to REGISTRY and records their digests in images.lock.json, so that the next synth pins them.

const registry = process.env['REGISTRY'] ?? DEFAULT_REGISTRY;

const push = (name: ImageName): string => {
  const tag = imageTag(name, registry);
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

const [orderService, kitchenService, frontend] = IMAGE_NAMES;
writeImages({
  [orderService]: push(orderService),
  [kitchenService]: push(kitchenService),
  [frontend]: push(frontend),
});
console.log('wrote images.lock.json; "make synth" now pins these digests');

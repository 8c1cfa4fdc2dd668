import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { BILL_OF_MATERIALS, bundle, imageServices } from './bundle.js';
import { imageOf } from './image-lock.js';

// Signs the images of images.lock.json with cosign (https://docs.sigstore.dev/cosign/signing/overview/), and attests what is in
// each. By digest: a tag could be another image by the time it is signed. cosign asks for its identity, or takes COSIGN_KEY.

const cosign = (...words: readonly string[]): void => {
  const key = process.env['COSIGN_KEY'];
  const { status, error } = spawnSync('cosign', [...words, '--yes', ...(key ? ['--key', key] : [])], {
    stdio: 'inherit',
  });
  if (error) console.error(`cosign could not be started: ${error.message}`);
  if (status !== 0) process.exit(1);
};

const image = imageOf();
for (const service of imageServices()) {
  const reference = image(service.name);
  if (!reference.includes('@sha256:')) {
    console.error(`${reference} has no digest, and a tag can be moved. Run "make images push" first.`);
    process.exit(1);
  }
  const predicate = join(await bundle(service), BILL_OF_MATERIALS);
  cosign('sign', reference);
  cosign('attest', '--type', 'cyclonedx', '--predicate', predicate, reference);
  console.log(`signed ${reference}`);
}

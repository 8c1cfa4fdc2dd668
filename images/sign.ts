import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { imageServices } from './bundle.js';
import { BILL_OF_MATERIALS, imageFolder } from './image-folder.js';
import { imageOf } from './image-lock.js';
import { predicateFile } from './provenance.js';
import { lastPublished } from './publish.js';

// Signs the images of images.lock.json with cosign (https://docs.sigstore.dev/cosign/signing/overview/), and attests what is in
// each and what it was made from; and the manifests and charts that were pushed last. By digest: a tag could be another image by
// the time it is signed. cosign asks for its identity, or takes COSIGN_KEY.

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
  const predicate = join(await imageFolder(service), BILL_OF_MATERIALS);
  cosign('sign', reference);
  cosign('attest', '--type', 'cyclonedx', '--predicate', predicate, reference);
  const { stdout } = spawnSync('docker', ['image', 'inspect', '--format', '{{.Id}}', reference], {
    encoding: 'utf8',
  });
  const made = predicateFile(stdout.trim(), service.name);
  if (made === undefined) {
    console.log(
      `${service.name} has no provenance: it was not made here, or its sources were in no commit. "make images push" in a clean checkout writes it.`,
    );
  } else {
    cosign('attest', '--type', 'slsaprovenance1', '--predicate', made, reference);
  }
  console.log(`signed ${reference}`);
}

const published = lastPublished();
if (published.length === 0) {
  console.log(
    'No manifests and no chart are signed: none were pushed from here ("make push-manifests", "make chart-push").',
  );
}
for (const { reference, billOfMaterials } of published) {
  cosign('sign', reference);
  if (billOfMaterials !== undefined) {
    cosign('attest', '--type', 'cyclonedx', '--predicate', billOfMaterials, reference);
  }
  console.log(`signed ${reference}`);
}

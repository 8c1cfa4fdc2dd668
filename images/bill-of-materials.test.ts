import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { z } from 'zod';
import { bundledPackages } from './bill-of-materials.js';
import { imageServices } from './bundle.js';
import { BILL_OF_MATERIALS, imageFolder } from './image-folder.js';

/** What may be part of a program that is given away: nothing that asks for more than its name to be kept. */
const LICENCES = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense'];

const bom = z.object({
  components: z.array(
    z.object({
      name: z.string(),
      purl: z.string(),
      licenses: z.tuple([z.object({ license: z.object({ id: z.string() }) })]),
    }),
  ),
});

describe.each(imageServices())('the image of $name', (service) => {
  let directory: string;
  let text: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'cafe-sbom-'));
    text = await written();
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  const written = async (): Promise<string> =>
    readFileSync(join(await imageFolder(service, join(directory, service.name)), BILL_OF_MATERIALS), 'utf8');

  test('lists what is in it, as CycloneDX has it, and the same each time', async () => {
    await expect(new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).resolves.toBeNull();
    expect(await written()).toBe(text);
    const names = bom.parse(JSON.parse(text)).components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['koa', 'pino', 'zod']));
    // What only tools need is in no image.
    expect(names).not.toContain('cdk8s');
  });

  test('has no licence that asks for more than its name to be kept', () => {
    const others = bom
      .parse(JSON.parse(text))
      .components.filter(({ licenses: [{ license }] }) => !LICENCES.includes(license.id))
      .map(({ purl, licenses: [{ license }] }) => `${purl} has ${license.id}`);
    expect(others).toEqual([]);
  });
});

test('a package that the lock file does not know is named, with what to do', () => {
  expect(() => bundledPackages(['node_modules/nobody/index.js'])).toThrow(
    /^node_modules\/nobody becomes part of an image, .* Run "npm install"/,
  );
});

test('a package within a package has its own version', () => {
  expect(bundledPackages(['node_modules/koa/lib/a.js', 'services/order-service/main.ts'])).toEqual([
    expect.objectContaining({ name: 'koa' }),
  ]);
});

test('a package of a copy whose node_modules is a link to another folder is the same', () => {
  const [here, there] = ['node_modules/koa/lib/a.js', '../../../node_modules/koa/lib/a.js'];
  expect(bundledPackages([there])).toEqual(bundledPackages([here]));
});

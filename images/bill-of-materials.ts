import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { z } from 'zod';
import packageJson from '../package.json' with { type: 'json' };

const LOCK_FILE = fileURLToPath(new URL('../package-lock.json', import.meta.url));

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
    }),
  ),
});

/** A package from the registry that is part of a bundle, as package-lock.json knows it. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  /** Of its archive, in base64. */
  readonly sha512: string;
}

/**
 * The packages that files of a bundle are from.
 *
 * @param files - paths relative to the repository, as esbuild's metafile has them
 * @throws Error for one that package-lock.json does not know, or not where it is from or what its licence is
 */
export function bundledPackages(files: readonly string[]): readonly BundledPackage[] {
  const { packages } = lockFile.parse(JSON.parse(readFileSync(LOCK_FILE, 'utf8')));
  const folders = new Set(
    // Of a copy whose node_modules is a link, as e2e/workspace.ts makes it, they lie outside the repository.
    files.flatMap((file) => /^(?:\.\.\/)*((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []),
  );
  // The same version may lie in several folders, and is one package.
  const byName = [...folders].sort().map((folder) => {
    const { version, license, integrity } = packages[folder] ?? {};
    const sha512 = /^sha512-(\S+)$/.exec(integrity ?? '')?.[1];
    if (version === undefined || license === undefined || sha512 === undefined) {
      throw new Error(
        `${folder} becomes part of an image, and package-lock.json does not say its version, licence and sha512. Run "npm install", and look at what it says.`,
      );
    }
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [`${name}@${version}`, { name, version, license, sha512 }] as const;
  });
  return [...new Map(byName).values()];
}

/**
 * What is in a service's bundle, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). Not more than that: Debian's packages
 * and Node are the base image's, and scanners of images find them there.
 *
 * Why not `npm sbom`: it lists what is installed for the whole repository, five times as much as is in an image. And it
 * writes the time, so that the same image would never be built twice.
 */
export function billOfMaterials(service: string, packages: readonly BundledPackage[]): string {
  const bom = new Models.Bom();
  bom.metadata.component = new Models.Component(Enums.ComponentType.Application, service, {
    bomRef: service,
    version: packageJson.version,
  });
  for (const { name, version, license, sha512 } of packages) {
    const slash = name.indexOf('/');
    const [group, packageName] = [name.slice(0, Math.max(slash, 0)), name.slice(slash + 1)];
    // https://github.com/package-url/purl-spec
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    const component = new Models.Component(Enums.ComponentType.Library, packageName, {
      bomRef: purl,
      ...(group !== '' && { group }),
      version,
      purl,
    });
    component.licenses.add(
      / (?:OR|AND|WITH) /.test(license)
        ? new Models.LicenseExpression(license)
        : new Models.SpdxLicense(license),
    );
    const hex = Buffer.from(sha512, 'base64').toString('hex');
    component.externalReferences.add(
      new Models.ExternalReference(
        `https://registry.npmjs.org/${name}`,
        Enums.ExternalReferenceType.Distribution,
        { hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-512'], hex]]) },
      ),
    );
    bom.components.add(component);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

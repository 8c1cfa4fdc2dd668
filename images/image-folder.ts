import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials, bundledPackages } from './bill-of-materials.js';
import { bundle, type ImageService } from './bundle.js';

/** The file in an image that lists the packages in it. */
export const BILL_OF_MATERIALS = 'sbom.cdx.json';

/**
 * Bundles a service, with its {@link BILL_OF_MATERIALS} beside it.
 *
 * @returns the folder that becomes the image's /app
 */
export async function imageFolder(service: ImageService, outdir?: string): Promise<string> {
  const { folder, files } = await bundle(service, outdir);
  writeFileSync(join(folder, BILL_OF_MATERIALS), billOfMaterials(service.name, bundledPackages(files)));
  return folder;
}

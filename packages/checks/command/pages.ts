import { existsSync, readFileSync } from 'node:fs';

/** Where the pages lie: beside the bundle, above the compiled sources, and in a checkout. */
const FOLDERS = ['./pages/', '../pages/', '../../../docs/checks/', '../../../docs/doctor/'];

/** The page of an id: what, why it hurts, an example, how to accept it; of a code of the doctor what it said of faults that were made. Nothing when the package was built without it. */
export function pageText(id: string): string | undefined {
  const page = FOLDERS.map((folder) => new URL(`${folder}${id}.md`, import.meta.url)).find((url) =>
    existsSync(url),
  );
  return page && readFileSync(page, 'utf8');
}

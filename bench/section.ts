import { readFileSync, writeFileSync } from 'node:fs';

/** Writes what was measured into a page, between `<!-- name -->` and `<!-- /name -->`. */
export function writeSection(page: string, name: string, text: string): void {
  const section = new RegExp(`<!-- ${name} -->[^]*<!-- /${name} -->`);
  const written = `<!-- ${name} -->\n\n${text}\n\n<!-- /${name} -->`;
  writeFileSync(
    page,
    readFileSync(page, 'utf8').replace(section, () => written),
  );
}

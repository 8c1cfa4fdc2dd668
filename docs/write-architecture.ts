import { readFileSync, writeFileSync } from 'node:fs';
import { importsPicture } from './imports-picture.js';

// Draws the picture in docs/architecture.md anew, from the imports (`make picture`), or with --check says whether it is
// the one that would be drawn (`make drift`).

const page = new URL('architecture.md', import.meta.url);
const picture = `\`\`\`mermaid\n${await importsPicture()}\n\`\`\``;
const written = readFileSync(page, 'utf8');
const drawn = written.replace(/```mermaid\n.*?\n```/s, () => picture);
if (!process.argv.includes('--check')) {
  writeFileSync(page, drawn);
  console.log('docs/architecture.md shows what is imported');
} else if (drawn === written) {
  console.log('docs/architecture.md shows what is imported');
} else {
  console.error('docs/architecture.md shows other imports than there are; "make picture" draws them anew.');
  process.exitCode = 1;
}

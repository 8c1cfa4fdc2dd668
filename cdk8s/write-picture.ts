import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { picture } from './picture.js';

// Draws the picture in the README and docs/topology.svg anew, from dist: `make picture`.

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { mermaid, svg } = picture();
const drawn = `\`\`\`mermaid\n${mermaid}\n\`\`\``;
writeFileSync(
  at('README.md'),
  readFileSync(at('README.md'), 'utf8').replace(/```mermaid\n.*?\n```/s, () => drawn),
);
writeFileSync(at('docs/topology.svg'), svg);
console.log('README.md and docs/topology.svg show what is in dist');

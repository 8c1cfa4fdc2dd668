import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readImages } from '../images/image-lock.js';
import { Cafe } from './cafe.js';
import { App } from './constructs/app.js';
import { environmentNamed } from './environments.js';
import { picture } from './picture.js';

// Draws the picture in the README anew: `make picture`.

const file = fileURLToPath(new URL('../README.md', import.meta.url));
const cafe = new Cafe(new App(), 'picture', { environment: environmentNamed(), images: readImages() });
const drawn = `\`\`\`mermaid\n${picture(cafe)}\n\`\`\``;
writeFileSync(file, readFileSync(file, 'utf8').replace(/```mermaid\n.*?\n```/s, drawn));
console.log('README.md has the picture of cdk8s/cafe.ts');

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { withCodes } from './doctor-codes.js';
import { doctorPages } from './doctor-pages.js';

// Writes the table of docs/doctor.md and the pages in docs/doctor anew:
// `node --import tsx packages/checks/documentation/write-doctor-codes.ts`.

const page = new URL('../../../docs/doctor.md', import.meta.url);
const folder = new URL('../../../docs/doctor/', import.meta.url);
writeFileSync(page, withCodes(readFileSync(page, 'utf8')));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [name, text] of doctorPages()) writeFileSync(new URL(name, folder), text);

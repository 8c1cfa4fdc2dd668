import { readFileSync, writeFileSync } from 'node:fs';
import { withCodes } from './codes-page.js';

// Writes the table of docs/doctor.md anew: `node --import tsx packages/checks/doctor/write-codes-page.ts`.

const page = new URL('../../../docs/doctor.md', import.meta.url);
writeFileSync(page, withCodes(readFileSync(page, 'utf8')));

import { readFileSync, writeFileSync } from 'node:fs';
import { withCodes } from './doctor-codes.js';

// Writes the table of docs/doctor.md anew: `node --import tsx packages/checks/documentation/write-doctor-codes.ts`.

const page = new URL('../../../docs/doctor.md', import.meta.url);
writeFileSync(page, withCodes(readFileSync(page, 'utf8')));

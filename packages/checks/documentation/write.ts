import { readFileSync, writeFileSync } from 'node:fs';
import { withTables } from './tables.js';

// Writes the tables of docs/checks.md anew: `node --import tsx packages/checks/documentation/write.ts`.

const page = new URL('../../../docs/checks.md', import.meta.url);
writeFileSync(page, withTables(readFileSync(page, 'utf8')));

import { readFileSync } from 'node:fs';
import { run } from './command.js';

// The command `cafe`.
const { status, output } = run(process.argv.slice(2), () => readFileSync(0, 'utf8'));
(status === 2 ? process.stderr : process.stdout).write(`${output}\n`);
process.exitCode = status;

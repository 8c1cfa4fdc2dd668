import { readFileSync } from 'node:fs';
import packageJson from '../package.json' with { type: 'json' };
import { run } from './command.js';

// The command `cafe`.
const { status, output } = await run(process.argv.slice(2), {
  version: packageJson.version,
  readStandardInput: () => readFileSync(0, 'utf8'),
});
(status === 2 ? process.stderr : process.stdout).write(`${output}\n`);
process.exitCode = status;

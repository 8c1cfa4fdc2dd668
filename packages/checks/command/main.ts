import { readFileSync } from 'node:fs';
import { run } from './command.js';

// The command `cafe`.
const { status, output } = await run(process.argv.slice(2), {
  version: () => {
    // One folder up from here, and from the bundle that the package has.
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      readonly version: string;
    };
    return version;
  },
  readStandardInput: () => readFileSync(0, 'utf8'),
});
(status === 2 ? process.stderr : process.stdout).write(`${output}\n`);
process.exitCode = status;

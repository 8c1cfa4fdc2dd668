import { readFileSync } from 'node:fs';
import { run } from './command.js';

// The command `cafe`. Without an `await` of the module's own: a checkout bundles it as CommonJS.
void run(process.argv.slice(2), {
  version: () => {
    // One folder up from here, and from the bundle that the package has.
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      readonly version: string;
    };
    return version;
  },
  readStandardInput: () => readFileSync(0, 'utf8'),
  progress: process.stderr.isTTY
    ? // On one line, which the next one takes.
      (line) => process.stderr.write(`\r\u001B[K${line.slice(0, (process.stderr.columns || 80) - 1)}`)
    : undefined,
}).then(({ status, output }) => {
  (status === 2 ? process.stderr : process.stdout).write(`${output}\n`);
  process.exitCode = status;
});

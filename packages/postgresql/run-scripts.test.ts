import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const SCRIPT = fileURLToPath(new URL('files/run-scripts.sh', import.meta.url));
// It is for the image, whose bash is Debian's.
const runsHere = platform() === 'linux';
/** What initialize.sh brings along. */
const CALLER = `
say() { echo "initialize: $1"; }
refuse() { say "refused: $1"; exit 1; }
. "$1"
run_scripts "$2"
echo made
`;

(runsHere ? describe : describe.skip)('the scripts of the first initialisation', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postgresql-initdb-'));
    // Stands for psql: says which file it is given, and fails for one whose text says so.
    put(
      'bin/psql',
      '#!/bin/bash\nfile=${!#}; file=${file#--file=}; echo "psql ${file##*/}" >&2; ! grep -q broken "$file"\n',
    );
    chmodSync(join(folder, 'bin/psql'), 0o755);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const put = (path: string, content: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const runScripts = () => {
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--norc', '-euc', CALLER, 'bash', SCRIPT, join(folder, 'initdb')],
      { env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, PGDATABASE: 'shop' }, encoding: 'utf8' },
    );
    return { status, lines: stdout.trim().split('\n'), errors: stderr.trim().split('\n') };
  };

  test('run in the order of the values’, the ConfigMap’s and the Secret’s, and there of their names', () => {
    put('initdb/3-secret/00.sql', '');
    put('initdb/1-scripts/20.sh', 'echo "in $PGDATABASE"');
    put('initdb/1-scripts/10.sql', '');
    put('initdb/2-config-map/00.sql', '');
    expect(runScripts()).toEqual({
      status: 0,
      lines: [
        'initialize: runs 10.sql',
        'initialize: runs 20.sh',
        'in shop',
        'initialize: runs 00.sql',
        'initialize: runs 00.sql',
        'made',
      ],
      errors: ['psql 10.sql', 'psql 00.sql', 'psql 00.sql'],
    });
  });

  test.each([
    ['broken.sql', 'broken'],
    ['broken.sh', 'false\ntrue'],
  ])('%s ends the attempt with its name, and nothing after it is run', (name, content) => {
    put(`initdb/1-scripts/${name}`, content);
    put('initdb/1-scripts/later.sql', '');
    const { status, lines } = runScripts();
    expect(status).toBe(1);
    expect(lines).toEqual([
      `initialize: runs ${name}`,
      expect.stringContaining(`refused: the script ${name} of primary.initdb failed`),
    ]);
  });

  test('of another kind are refused: a ConfigMap of the user’s may hold anything', () => {
    put('initdb/2-config-map/readme.txt', '');
    const { status, lines } = runScripts();
    expect(status).toBe(1);
    expect(lines.at(-1)).toContain("has the script readme.txt; a script's name ends with .sql or .sh");
  });

  test('need not be there', () => {
    expect(runScripts().lines).toEqual(['made']);
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { bundledProgram } from '../testing/bundled-fixture.js';
import { freePort } from '../testing/free-port.js';
import { PostgresFixture } from '../testing/postgres-fixture.js';

describe('a gate in front of PostgreSQL', () => {
  let server: PostgresFixture;
  let gate: string;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    server = await PostgresFixture.start();
    gate = await bundledProgram(fileURLToPath(new URL('./gate-fixture.ts', import.meta.url)));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await server.remove();
  });

  const environmentWith = (changes: Record<string, string>): NodeJS.ProcessEnv => {
    const environment: NodeJS.ProcessEnv = { PATH: process.env['PATH'], GATE_TIMEOUT_SECONDS: '1' };
    for (const [name, value] of Object.entries(server.environment)) environment[`LEDGER_${name}`] = value;
    return { ...environment, ...changes };
  };
  const start = (changes: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [gate], {
      env: environmentWith(changes),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const output = { text: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output.text += chunk.toString()));
    }
    return { child, output, closed: once(child, 'close') };
  };

  test('opens when the database is usable', async () => {
    const { output, closed } = start();
    await expect(closed).resolves.toEqual([0, null]);
    expect(output.text).toMatch(/^wait-for-postgres: 127\.0\.0\.1:\d+ is usable, after [\d.]+ s\n$/);
  });

  test.each([
    [
      'the wrong password',
      { LEDGER_DB_PASSWORD: 'wrong' },
      /wrong password for user "app" .*LEDGER_DB_PASSWORD/,
    ],
    [
      'a user that is not there',
      { LEDGER_DB_USER: 'nobody-we-know' },
      /user "nobody-we-know" .*LEDGER_DB_USER/,
    ],
    [
      'a database that is not there',
      { LEDGER_DB_NAME: 'no_such_database' },
      /no database "no_such_database" .*LEDGER_DB_NAME/,
    ],
    [
      'a host that is not there',
      { LEDGER_DB_HOST: 'no-such-postgres.invalid' },
      /"no-such-postgres.invalid" does not resolve/,
    ],
  ])('with %s says so once, and once more when it gives up', async (_, changes, reason) => {
    const { output, closed } = start(changes);
    await expect(closed).resolves.toEqual([1, null]);
    const lines = output.text.trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(reason);
    expect(lines[0]).toMatch(/^wait-for-postgres: waits: /);
    expect(lines[1]).toMatch(/^wait-for-postgres: gives up after 1 s: /);
    expect(lines[1]).toMatch(reason);
    expect(output.text).not.toContain('"wrong"');
  });

  test('with nothing that listens says so, and opens when the database comes', async () => {
    await server.stop();
    const { child, output, closed } = start({ GATE_TIMEOUT_SECONDS: '60' });
    while (!output.text.includes('refused the connection')) await once(child.stdout, 'data');
    await server.startAgain();
    await expect(closed).resolves.toEqual([0, null]);
    expect(output.text.trim().split('\n').at(-1)).toContain('is usable');
  });

  test('with wrong variables names each, and does not wait', async () => {
    const { output, closed } = start({
      LEDGER_DB_PORT: 'abc',
      LEDGER_DB_HOST: '',
      GATE_TIMEOUT_SECONDS: '600',
    });
    await expect(closed).resolves.toEqual([78, null]);
    const lines = output.text.trim().split('\n');
    expect(lines).toEqual([
      expect.stringContaining('LEDGER_DB_HOST is not set'),
      expect.stringContaining('LEDGER_DB_PORT is "abc"; a port is a whole number from 1 to 65535'),
    ]);
  });

  test('is gone at once when its pod is deleted', async () => {
    const { child, output, closed } = start({
      LEDGER_DB_PORT: String(await freePort()),
      GATE_TIMEOUT_SECONDS: '600',
    });
    while (!output.text.includes('waits')) await once(child.stdout, 'data');
    child.kill('SIGTERM');
    await expect(closed).resolves.toEqual([143, null]);
  });
});

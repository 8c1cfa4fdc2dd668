import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PostgresFixture } from '../../../runtime/testing/postgres-fixture.js';
import { NODE_PROGRAM } from './program.js';

const QUESTIONS = JSON.stringify({ servers: [], names: [], sockets: [] });

/** What the program prints in a process with these variables, as in a pod. */
async function printed(env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', NODE_PROGRAM, QUESTIONS], { env });
  return stdout;
}

async function logIns(env: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
  const { logIns: answers } = JSON.parse(await printed(env)) as { readonly logIns: readonly unknown[] };
  return answers;
}

describe('a log-in with the variables of a pod', () => {
  let postgres: PostgresFixture;
  let password: string;
  let url: string;
  beforeAll(async () => {
    postgres = await PostgresFixture.start();
    password = postgres.environment.DB_PASSWORD;
    const { host, port, user, database } = postgres.access;
    url = `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
  });
  afterAll(() => postgres.stop());
  const at = () => ({ host: '127.0.0.1', port: postgres.port });

  test('answers, whatever the variables are called', async () => {
    const { DB_HOST: host, DB_PORT: port, DB_USER: user, DB_NAME: name } = postgres.environment;
    const env = { PGHOST: host, PGPORT: port, PGUSER: user, PGPASSWORD: password, PGDATABASE: name };
    await expect(logIns(postgres.environment)).resolves.toEqual([
      { variable: 'DB_HOST', ...at(), answer: 'answers' },
    ]);
    await expect(logIns(env)).resolves.toEqual([{ variable: 'PGHOST', ...at(), answer: 'answers' }]);
    await expect(logIns({ SHOP_URL: url })).resolves.toEqual([
      { variable: 'SHOP_URL', ...at(), answer: 'answers' },
    ]);
  });

  test('is refused in the words of the server', async () => {
    await expect(logIns({ ...postgres.environment, DB_PASSWORD: 'another' })).resolves.toMatchObject([
      { answer: 'FATAL: password authentication failed for user "app" (28P01)' },
    ]);
    await expect(logIns({ ...postgres.environment, DB_NAME: 'shop' })).resolves.toMatchObject([
      { answer: 'FATAL: database "shop" does not exist (3D000)' },
    ]);
  });

  test('says that a database takes no changes', async () => {
    await postgres.execute('alter role app set default_transaction_read_only = on');
    await expect(logIns(postgres.environment)).resolves.toMatchObject([{ answer: 'takes no changes' }]);
    await postgres.execute('alter role app reset default_transaction_read_only');
  });

  test('prints no password, right or wrong', async () => {
    for (const wrong of ['', 'x']) {
      const text = await printed({ ...postgres.environment, DB_PASSWORD: password + wrong, SHOP_URL: url });
      expect(text).not.toContain(password);
      expect(text).not.toContain(encodeURIComponent(password));
    }
  });

  test('asks nobody who has no user, and leaves what speaks otherwise alone', async () => {
    await expect(logIns({ STORE_HOST: '127.0.0.1', STORE_PORT: String(postgres.port) })).resolves.toEqual([]);
  });
});

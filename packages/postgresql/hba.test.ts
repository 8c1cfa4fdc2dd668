import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import postgres from 'postgres';
import { z } from 'zod';
import { PostgresServer } from '@cafe-lumiere/runtime/testing';
import { ChartFolder, helmFound } from './chart-fixture.js';

const PASSWORD = 'open';
const sqlState = z.object({ code: z.string() });

// A role and a database that are called like words of pg_hba.conf: unquoted, each would let everybody in.
const VALUES = { auth: { username: 'all', database: 'replication', additionalUsernames: ['reader'] } };

(helmFound ? describe : describe.skip)('who may log in, with the real Helm and a real PostgreSQL,', () => {
  let folder: string;
  let chart: ChartFolder;
  let server: PostgresServer;
  beforeAll(async () => {
    chart = new ChartFolder({ ...VALUES, auth: { ...VALUES.auth, password: PASSWORD } });
    folder = mkdtempSync(join(tmpdir(), 'postgresql-hba-'));
    const first = await PostgresServer.start({ dataDirectory: dataDirectory(), fsync: false });
    for (const role of ['all', 'reader', 'stranger', 'postgresql_exporter']) {
      await first.createRoleAndDatabase({
        role,
        password: PASSWORD,
        database: role === 'all' ? 'replication' : role,
      });
    }
    await first.stop();
  });
  afterAll(async () => {
    await server.stop();
    chart.remove();
    rmSync(folder, { recursive: true });
  });

  const dataDirectory = () => join(folder, 'data');
  const rules = (...words: readonly string[]): string => chart.hba('shop', ...words);
  /** With the rendered file instead of the one that initdb made. */
  const serve = async (...words: readonly string[]) => {
    server = await PostgresServer.start({
      dataDirectory: dataDirectory(),
      fsync: false,
      accessRules: rules(...words),
    });
  };
  /** What the server says to a log-in: nothing, or its error's code. */
  const answer = async (user: string, database: string, password = PASSWORD): Promise<string> => {
    const sql = postgres({ host: '127.0.0.1', port: server.port, user, database, password, max: 1 });
    try {
      await sql`select 1`;
      return 'in';
    } catch (error) {
      return sqlState.parse(error).code;
    } finally {
      await sql.end();
    }
  };
  /** "No entry for this host, user and database": https://www.postgresql.org/docs/current/errcodes-appendix.html */
  const NO_ENTRY = '28000';
  const WRONG_PASSWORD = '28P01';

  test('the application comes in, and who was named beside it; nobody else, and nobody elsewhere', async () => {
    await serve();
    expect(await answer('all', 'replication')).toBe('in');
    expect(await answer('reader', 'replication')).toBe('in');
    expect(await answer('all', 'replication', 'another')).toBe(WRONG_PASSWORD);
    expect(await answer('all', 'postgres')).toBe(NO_ENTRY);
    expect(await answer('all', 'stranger')).toBe(NO_ENTRY);
    expect(await answer('reader', 'reader')).toBe(NO_ENTRY);
    expect(await answer('stranger', 'replication')).toBe(NO_ENTRY);
    expect(await answer('stranger', 'stranger')).toBe(NO_ENTRY);
    // With the right password: it is the superuser's of this test's server.
    expect(await answer('postgres', 'postgres', 'postgres')).toBe(NO_ENTRY);
    expect(await answer('postgres', 'replication', 'postgres')).toBe(NO_ENTRY);
    expect(await answer('postgresql_exporter', 'replication')).toBe(NO_ENTRY);
    await server.stop();
  });

  test('the exporter comes in where metrics are on, to the application’s database alone', async () => {
    await serve('--set', 'metrics.enabled=true,metrics.existingSecret=theirs');
    expect(await answer('postgresql_exporter', 'replication')).toBe('in');
    expect(await answer('postgresql_exporter', 'postgres')).toBe(NO_ENTRY);
    expect(await answer('stranger', 'replication')).toBe(NO_ENTRY);
  });

  test('the superuser comes over the socket alone, and no rule is for all databases of all roles', () => {
    const lines = rules()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines).toEqual([
      'local all postgres trust',
      'host "replication" "all" all scram-sha-256',
      'host "replication" "reader" all scram-sha-256',
    ]);
  });

  test('a change of it restarts nothing: the container credentials has the server read it again', () => {
    const set = (...words: readonly string[]) =>
      chart.objects('shop', ...words).find(({ kind }) => kind === 'StatefulSet')?.spec;
    const words = [
      '--set',
      'metrics.enabled=true,metrics.existingSecret=theirs,auth.additionalUsernames={writer}',
    ];
    expect(rules(...words)).not.toBe(rules());
    expect(set(...words)).toEqual(set('--set', 'metrics.existingSecret=theirs'));
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Database } from './database.js';
import type { DatabaseSettings } from './database-settings.js';
import type { DatabaseTls } from './database-tls.js';
import { DatabaseUnavailableError } from './database-unavailable.js';
import { createLog } from '../log.js';
import { PostgresFixture } from '../testing/postgres-fixture.js';

const opensslFound = spawnSync('openssl', ['version']).status === 0;

(opensslFound ? describe : describe.skip)('a database with TLS', () => {
  let fixture: PostgresFixture;
  let directory: string;
  let ca: string;
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: 'pipe' });

  beforeAll(async () => {
    fixture = await PostgresFixture.start();
    directory = mkdtempSync(join(tmpdir(), 'database-tls-'));
    const at = (name: string) => join(directory, name);
    const made = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
    openssl('req', '-x509', ...made, '-subj', '/CN=our CA', '-keyout', at('ca.key'), '-out', at('ca.crt'));
    // Signed for the name localhost alone, not for 127.0.0.1.
    const name = ['-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=CA:FALSE'];
    const signed = ['-CA', at('ca.crt'), '-CAkey', at('ca.key')];
    openssl(
      ...['req', '-x509', ...made, '-subj', '/CN=localhost', ...name, ...signed],
      ...['-keyout', at('server.key'), '-out', at('server.crt')],
    );
    ca = readFileSync(at('ca.crt'), 'utf8');
    const { uid, gid } = statSync(fixture.dataDirectory);
    for (const file of [directory, at('server.key'), at('server.crt')]) chownSync(file, uid, gid);
    await fixture.execute(`alter system set ssl_cert_file = '${at('server.crt')}'`);
    await fixture.execute(`alter system set ssl_key_file = '${at('server.key')}'`);
    await fixture.execute('alter system set ssl = on');
    await fixture.execute('select pg_reload_conf()');
  });
  afterAll(async () => {
    await fixture.remove();
    rmSync(directory, { recursive: true });
  });

  const settings = (host: string, tls?: DatabaseTls, port?: number): DatabaseSettings => ({
    ...fixture.access,
    host,
    ...(port === undefined ? {} : { port }),
    poolMax: 2,
    queryTimeoutMs: 3000,
    applicationName: 'test',
    tls,
  });
  const withDatabase = async <Result>(
    given: DatabaseSettings,
    work: (database: Database) => Promise<Result>,
  ): Promise<Result> => {
    const database = new Database(given, createLog('test', '1', 'silent'));
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  };

  test('is reached over TLS when its certificate is signed by our CA, for its name', async () => {
    const rows = await withDatabase(settings('localhost', { ca }), (database) =>
      database.run((sql) => sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`),
    );
    expect(rows).toEqual([{ ssl: true }]);
  });

  test('is reached without TLS by those who ask for none', async () => {
    const rows = await withDatabase(settings('localhost'), (database) =>
      database.run((sql) => sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`),
    );
    expect(rows).toEqual([{ ssl: false }]);
  });

  test.each<[string, string, boolean, string]>([
    ['signed by somebody else', 'localhost', false, 'is signed by nobody in DB_SSL_ROOT_CERT'],
    ['for another name', '127.0.0.1', true, 'is for another name (DB_HOST)'],
  ])('is not trusted with a certificate %s', async (_, host, ours, reason) => {
    await withDatabase(settings(host, ours ? { ca } : {}), async (database) => {
      await expect(database.check()).rejects.toThrow(reason);
      // Answered as an outage, which it is to a guest, and at each attempt anew.
      await expect(database.run((sql) => sql`select 1`)).rejects.toBeInstanceOf(DatabaseUnavailableError);
    });
  });

  test('is not spoken to when it has no TLS', async () => {
    const plain: Server = createServer((client) => client.once('data', () => client.write('N')));
    await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done));
    const address = plain.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await withDatabase(settings('127.0.0.1', { ca }, port), async (database) => {
      await expect(database.check()).rejects.toThrow('speaks no TLS, and DB_SSL_MODE is verify-full');
    });
    plain.close();
  });
});

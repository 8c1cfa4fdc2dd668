import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import postgres from 'postgres';
import { PostgresServer } from '@cafe-lumiere/runtime/testing';
import { ChartFolder, helmFound } from './chart-fixture.js';

const opensslFound = spawnSync('openssl', ['version']).status === 0;
const isReadyFound = spawnSync('pg_isready', ['--version']).status === 0;

const TLS = { enabled: true, existingSecret: 'certificate' };

(helmFound ? describe : describe.skip)('with TLS, and the real Helm,', () => {
  let chart: ChartFolder;
  beforeAll(() => {
    chart = new ChartFolder({ auth: { password: 'open' }, tls: TLS });
  });
  afterAll(() => {
    chart.remove();
  });

  test('everybody who goes to the database asks for its certificate, and the server alone has the key', () => {
    const words = ['--set', 'backup.enabled=true,metrics.enabled=true,metrics.existingSecret=theirs'];
    const objects = chart.objects('shop', ...words).filter(({ kind }) => kind !== 'ConfigMap');
    const having = (part: string) =>
      objects
        .filter((object) => JSON.stringify(object).includes(part))
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const clients = [
      'Deployment shop-postgresql-metrics',
      'CronJob shop-postgresql-backup',
      'CronJob shop-postgresql-restore',
      'Pod shop-postgresql-test',
    ];
    expect(having('tls.key').sort()).toEqual(['StatefulSet shop-postgresql']);
    expect(having('"items":[{"key":"ca.crt","path":"ca.crt"}]').sort()).toEqual([...clients].sort());
    expect(having('verify-full').sort()).toEqual([...clients].sort());
  });

  test('a certificate is generated only where the one of before can be seen', () => {
    const generated = ['--set', 'tls.existingSecret='];
    const { status, stderr } = chart.render('shop', ...generated);
    expect([status, stderr]).toEqual([1, expect.stringContaining('Set tls.existingSecret to the name of')]);
    expect(chart.render('shop').stdout).not.toContain('kubernetes.io/tls');
  });

  test('is off unless somebody asks for it', () => {
    const off = chart.render('shop', '--set', 'tls.enabled=false,tls.existingSecret=').stdout;
    const on = chart.render('shop', '--set', 'backup.enabled=true').stdout;
    for (const word of ['hostssl', 'ssl=on', 'verify-full', '/etc/postgresql/tls,']) {
      expect(off).not.toContain(word);
      expect(on).toContain(word);
    }
  });
});

(helmFound && opensslFound ? describe : describe.skip)(
  'with TLS, the real Helm and a real PostgreSQL,',
  () => {
    let folder: string;
    let server: PostgresServer;
    const at = (name: string) => join(folder, name);
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'postgresql-tls-'));
      const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: 'pipe' });
      const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
      openssl(...made, '-subj', '/CN=our CA', '-keyout', at('ca.key'), '-out', at('ca.crt'));
      openssl(
        ...[...made, '-subj', '/CN=shop', '-addext', 'subjectAltName=DNS:localhost'],
        ...['-addext', 'basicConstraints=CA:FALSE', '-CA', at('ca.crt'), '-CAkey', at('ca.key')],
        ...['-keyout', at('tls.key'), '-out', at('tls.crt')],
      );
      const chart = new ChartFolder({ auth: { password: 'open' }, tls: TLS });
      const dataDirectory = at('data');
      const first = await PostgresServer.start({ dataDirectory, fsync: false });
      await first.createRoleAndDatabase({ role: 'app', password: 'open', database: 'app' });
      await first.stop();
      const { uid, gid } = statSync(dataDirectory);
      for (const path of [folder, at('tls.key'), at('tls.crt')]) chownSync(path, uid, gid);
      writeFileSync(
        join(dataDirectory, 'postgresql.auto.conf'),
        `ssl = on\nssl_cert_file = '${at('tls.crt')}'\nssl_key_file = '${at('tls.key')}'\n`,
      );
      server = await PostgresServer.start({ dataDirectory, fsync: false, accessRules: chart.hba('shop') });
      chart.remove();
    });
    afterAll(async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    });

    const encrypted = async (ssl: { readonly ca: string } | false): Promise<unknown> => {
      const { port } = server;
      const sql = postgres({
        host: 'localhost',
        port,
        user: 'app',
        database: 'app',
        password: 'open',
        max: 1,
        ssl,
      });
      try {
        const [row] = await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`;
        return row;
      } finally {
        await sql.end();
      }
    };

    test('the application comes in with the certificate of who signed, and without TLS it does not', async () => {
      expect(await encrypted({ ca: readFileSync(at('ca.crt'), 'utf8') })).toEqual({ ssl: true });
      await expect(encrypted(false)).rejects.toMatchObject({
        code: '28000',
        message: expect.stringContaining('no encryption'),
      });
    });

    (isReadyFound ? describe : describe.skip)('and its pg_isready,', () => {
      test('the probes’ question is answered', () => {
        const words = [
          '-q',
          '-h',
          '127.0.0.1',
          '-p',
          String(server.port),
          '-U',
          'app',
          '-d',
          'app',
          '-t',
          '3',
        ];
        expect(spawnSync('pg_isready', words).status).toBe(0);
      });
    });
  },
);

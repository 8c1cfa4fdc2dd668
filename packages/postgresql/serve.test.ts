import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const SCRIPT = fileURLToPath(new URL('files/serve.sh', import.meta.url));
// The script is for the image, whose bash and flock are Debian's.
const runsHere = platform() === 'linux' && spawnSync('flock', ['--version']).status === 0;

(runsHere ? describe : describe.skip)('the container of the server', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postgresql-serve-'));
    mkdirSync(join(folder, 'volume/pgdata'), { recursive: true });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const environment = () => ({
    PATH: '/usr/bin:/bin',
    TMPDIR: folder,
    PGDATA: join(folder, 'volume/pgdata'),
    PG_MAJOR: '17',
    APP_USERNAME: 'app',
    APP_DATABASE: 'app',
  });
  const initializing = () => existsSync(join(folder, 'initializing'));

  test('ends with what the guard refuses, and starts nothing', () => {
    const { status, stdout } = spawnSync('bash', [SCRIPT], { env: environment(), encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^initialize: refused: .* has no PG_VERSION/),
    ]);
  });

  test('lets the guard look, and then at what is mounted', () => {
    writeFileSync(join(folder, 'volume/pgdata/PG_VERSION'), '17\n');
    const { status, stdout } = spawnSync('bash', [SCRIPT], { env: environment(), encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stdout.trim().split('\n')).toEqual([
      'initialize: the volume holds a database of PostgreSQL 17',
      expect.stringMatching(/^serve: refused: the data would be on nothing/),
    ]);
  });

  test('is busy for the probes while it waits for the volume, and ends at once when it is told to', async () => {
    writeFileSync(join(folder, 'volume/pgdata/PG_VERSION'), '17\n');
    const holder = spawn('flock', [join(folder, 'volume'), 'sh', '-c', 'echo held; exec cat'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await new Promise((held) => holder.stdout.once('data', held));
    const server = spawn('bash', [SCRIPT], { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
    const end = new Promise((done) => server.once('exit', done));
    const said = await new Promise((line) => server.stdout.once('data', line));
    expect(String(said)).toMatch(/^initialize: waits: another container/);
    expect(initializing()).toBe(true);
    server.kill('SIGTERM');
    // While the volume is still held.
    expect(await end).toBe(143);
    holder.stdin.end();
  });
});

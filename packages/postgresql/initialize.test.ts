import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const SCRIPT = fileURLToPath(new URL('files/serve.sh', import.meta.url));
// The script is for the image, whose bash, flock, find and stat are Debian's.
const runsHere = platform() === 'linux' && spawnSync('flock', ['--version']).status === 0;

(runsHere ? describe : describe.skip)('the guard in front of PostgreSQL', () => {
  let volume: string;
  let scratch: string;
  beforeEach(() => {
    volume = mkdtempSync(join(tmpdir(), 'postgresql-volume-'));
    scratch = mkdtempSync(join(tmpdir(), 'postgresql-tmp-'));
    // Everybody's, as /tmp is.
    chmodSync(scratch, 0o777);
  });
  afterEach(() => {
    rmSync(volume, { recursive: true });
    rmSync(scratch, { recursive: true });
  });

  const put = (path: string, content = '') => {
    mkdirSync(join(volume, path, '..'), { recursive: true });
    writeFileSync(join(volume, path), content);
  };
  const environment = () => ({
    // Without PostgreSQL's own programs: what is refused is refused before they are needed.
    PATH: '/usr/bin:/bin',
    TMPDIR: scratch,
    PGDATA: join(volume, 'pgdata'),
    PG_MAJOR: '17',
    APP_USERNAME: 'app',
    APP_DATABASE: 'app',
  });
  const initialize = () => {
    const { status, stdout } = spawnSync('bash', [SCRIPT], { env: environment(), encoding: 'utf8' });
    return { status, lines: stdout.trim().split('\n') };
  };

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['data of another major version', { 'pgdata/PG_VERSION': '16\n' }, 'Set image.tag back to a 16 image'],
    ['a directory without PG_VERSION', { 'pgdata/base/1': '' }, 'has no PG_VERSION'],
    ['an empty PG_VERSION', { 'pgdata/PG_VERSION': '' }, 'has no PG_VERSION'],
    [
      'data at the root of the volume',
      { PG_VERSION: '15\n' },
      'data of PostgreSQL 15 lie at the volume’s root',
    ],
    ['what somebody else put there', { 'lost+found/x': '', 'photos/1': '' }, 'of this chart: photos.'],
    ['the layout of newer images', { '18/docker/PG_VERSION': '18\n' }, 'of this chart: 18.'],
  ])('refuses %s with one line, and touches nothing', (_, files, reason) => {
    for (const [path, content] of Object.entries(files)) put(path, content);
    const before = readdirSync(volume, { recursive: true });
    const { status, lines } = initialize();
    expect(status).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^initialize: refused: /)]);
    expect(lines[0]).toContain(reason.replace('’', "'"));
    expect(readdirSync(volume, { recursive: true })).toEqual(before);
  });

  test('begins a killed attempt anew, and what fails gets no name that counts', () => {
    put('pgdata.initializing/PG_VERSION', '17\n');
    put('lost+found/x');
    const { status, lines } = initialize();
    expect(lines).toEqual([
      'initialize: making the database app of PostgreSQL 17',
      expect.stringContaining('initialize: refused: initdb failed'),
    ]);
    expect(status).not.toBe(0);
    expect(existsSync(join(volume, 'pgdata'))).toBe(false);
    expect(readdirSync(join(volume, 'pgdata.initializing'))).toEqual([]);
  });

  // Only root can give a folder to somebody else, or leave its own identity.
  (process.getuid?.() === 0 ? describe : describe.skip)('as root', () => {
    test('refuses what it may not read, write or own, and says whose it is', () => {
      const asNobody = () => {
        const words = ['--reuid=65534', '--regid=65534', '--clear-groups', 'bash', SCRIPT];
        const { status, stdout } = spawnSync('setpriv', words, { env: environment(), encoding: 'utf8' });
        return [status, stdout.trim()];
      };
      chmodSync(volume, 0o700);
      expect(asNobody()).toEqual([1, expect.stringContaining('user 65534 cannot read the volume')]);
      chmodSync(volume, 0o755);
      expect(asNobody()).toEqual([1, expect.stringContaining('user 65534 cannot write to the volume')]);
      put('pgdata/PG_VERSION', '17\n');
      expect(asNobody()).toEqual([
        1,
        expect.stringContaining('belongs to user 0, and this container runs as'),
      ]);
      chownSync(join(volume, 'pgdata'), 65_534, 65_534);
      chmodSync(join(volume, 'pgdata'), 0o500);
      expect(asNobody()).toEqual([1, expect.stringContaining('the volume is mounted read-only')]);
    });
  });
});

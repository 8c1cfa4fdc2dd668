import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseVolume } from './bitnami-volume.js';

const SCRIPT = fileURLToPath(new URL('bitnami-volume.sh', import.meta.url));

test('a volume is said by its claim, and its database where there are several', () => {
  expect(parseVolume('data-shop-0')).toEqual({ claim: 'data-shop-0', database: undefined });
  expect(parseVolume('data-shop-0/shop')).toEqual({ claim: 'data-shop-0', database: 'shop' });
});

describe('a volume that Bitnami’s image has left', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bitnami-volume-'));
    // Stands for PostgreSQL of 17: says its version, and how it was started.
    put(
      'bin/postgres',
      '#!/bin/sh\n[ "$1" = --version ] && echo "postgres (PostgreSQL) 17.2 (Debian 17.2-1)" || echo "started $*"\n',
    );
    chmodSync(join(folder, 'bin/postgres'), 0o755);
    put('volume/data/PG_VERSION', '17\n');
    put('volume/data/global/pg_control', 'x');
    put('volume/data/pg_wal/1', 'x');
    put('volume/data/pg_tblspc/.keep', '');
    put('volume/data/postgresql.auto.conf', "archive_command = 'send %p'\n");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const put = (path: string, content: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const open = () => {
    const { status, stdout } = spawnSync('bash', [SCRIPT, join(folder, 'volume'), join(folder, 'copy')], {
      env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` },
      encoding: 'utf8',
    });
    return { status, said: stdout.trim() };
  };

  test('is copied, and PostgreSQL starts on the copy, with none of the old settings', () => {
    put('volume/data/postmaster.pid', '1\n');
    chmodSync(join(folder, 'volume/data'), 0o2770);
    const { status, said } = open();
    expect(said).toMatch(/^it was not shut down; .*\nstarted -D \S+copy -c listen_addresses= /);
    expect(status).toBe(0);
    expect(statSync(join(folder, 'copy')).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(folder, 'copy/postgresql.auto.conf'), 'utf8')).toBe('');
    expect(existsSync(join(folder, 'copy/postmaster.pid'))).toBe(false);
    expect(readFileSync(join(folder, 'volume/data/postgresql.auto.conf'), 'utf8')).toContain(
      'archive_command',
    );
    expect(existsSync(join(folder, 'volume/data/postmaster.pid'))).toBe(true);
    expect(existsSync(join(folder, 'volume/data/pg_hba.conf'))).toBe(false);
  });

  const without = (path: string) => () => {
    rmSync(join(folder, path), { recursive: true });
  };
  test.each<[string, () => void, RegExp]>([
    [
      'another layout',
      () => {
        without('volume/data')();
        put('volume/pgdata/PG_VERSION', '17\n');
      },
      /has no folder "data".* It holds: pgdata \(\d+\)/,
    ],
    ['no database in the folder', without('volume/data/PG_VERSION'), /missing\. It holds: .*pg_wal/],
    [
      'another major version',
      () => {
        put('volume/data/PG_VERSION', '14\n');
      },
      /PostgreSQL 14, .* PostgreSQL 17/,
    ],
    [
      'a standby',
      () => {
        put('volume/data/standby.signal', '');
      },
      /has a standby\.signal/,
    ],
    [
      'a tablespace elsewhere',
      () => {
        symlinkSync('/mnt/fast', join(folder, 'volume/data/pg_tblspc/16400'));
      },
      /a part of it lies elsewhere: .*16400 -> \/mnt\/fast/,
    ],
  ])('is refused with what was seen: %s', (_, change, reason) => {
    change();
    const { status, said } = open();
    expect(said).toMatch(/^the volume is refused: /);
    expect(said).toMatch(reason);
    expect(status).toBe(1);
    expect(existsSync(join(folder, 'copy'))).toBe(false);
  });
});

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const SCRIPT = fileURLToPath(new URL('files/jobs/restore.sh', import.meta.url));
// The script is for the image, whose find and sha256sum are Debian's.
const runsHere = platform() === 'linux';

(runsHere ? describe : describe.skip)('a restore', () => {
  let claim: string;
  beforeEach(() => {
    claim = mkdtempSync(join(tmpdir(), 'postgresql-backup-'));
  });
  afterEach(() => {
    rmSync(claim, { recursive: true });
  });

  const put = (name: string, { sha256 = createHash('sha256').update('a dump').digest('hex') } = {}) => {
    writeFileSync(join(claim, name), 'a dump');
    writeFileSync(join(claim, `${name}.sha256`), `${sha256}  ${name}\n`);
    writeFileSync(join(claim, `${name}.fingerprints`), '');
  };
  const restore = (DUMP = '') => {
    const { status, stdout } = spawnSync('bash', [SCRIPT], {
      env: {
        // Without PostgreSQL's own programs: what is refused is refused before they are needed.
        PATH: '/usr/bin:/bin',
        BACKUP_DIRECTORY: claim,
        PGHOST: 'shop-postgresql',
        PGPORT: '5432',
        PGDATABASE: 'shop',
        PGUSER: 'shop',
        DUMP,
      },
      encoding: 'utf8',
    });
    return { status, line: stdout.trim() };
  };

  test('without a dump of this release is refused, and says what there is', () => {
    put('other-postgresql.shop.20260101T000000Z.dump');
    expect(restore()).toEqual({
      status: 1,
      line: 'restore: refused: there is no dump of shop at shop-postgresql on the claim. Set DUMP to one of: other-postgresql.shop.20260101T000000Z.dump.',
    });
  });

  test.each(['absent.dump', '../etc/passwd'])('of %s, which is no dump on the claim, is refused', (dump) => {
    const { status, line } = restore(dump);
    expect(status).toBe(1);
    expect(line).toContain(`refused: there is no dump ${dump} on the claim`);
  });

  test('of a dump that is not what was written is refused', () => {
    put('shop-postgresql.shop.20260101T000000Z.dump');
    put('shop-postgresql.shop.20260102T000000Z.dump', { sha256: '0'.repeat(64) });
    const { status, line } = restore();
    expect(status).toBe(1);
    expect(line).toContain('refused: shop-postgresql.shop.20260102T000000Z.dump is not what was written');
  });

  test('of a dump without its fingerprints is refused: nothing could say whether it is whole', () => {
    put('shop-postgresql.shop.20260101T000000Z.dump');
    rmSync(join(claim, 'shop-postgresql.shop.20260101T000000Z.dump.fingerprints'));
    const { status, line } = restore();
    expect(status).toBe(1);
    expect(line).toContain('has no .sha256 or no .fingerprints beside it');
  });
});

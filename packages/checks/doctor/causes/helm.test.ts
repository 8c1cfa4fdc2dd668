import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { diagnose } from '../diagnosis.js';
import { readBundle } from '../reading/bundle.js';

const REFUSED = readBundle(fileURLToPath(new URL('../fixtures/release-refused.json.gz', import.meta.url)));

/** The same release, of which Helm's record says this, so many minutes later. */
function told(status: string, minutes: number): readonly string[] {
  const objects = REFUSED.objects.map((object) => {
    const metadata = object['metadata'] as { readonly labels?: Readonly<Record<string, string>> };
    return object['type'] === 'helm.sh/release.v1'
      ? { ...object, metadata: { ...metadata, labels: { ...metadata.labels, status } } }
      : object;
  });
  const takenAt = new Date(Date.parse(REFUSED.takenAt) + minutes * 60_000).toISOString();
  // Its pod was starting then, and would be late now.
  return diagnose({ ...REFUSED, takenAt, objects }).roots.flatMap(({ code, sentence }) =>
    code === 'CAFE297' ? [`${code} ${sentence}`] : [],
  );
}

test('a release that stands still for half an hour was interrupted, and one under way is well', () => {
  expect(told('pending-upgrade', 40)).toEqual([expect.stringMatching(/^CAFE297 .*pending-upgrade since/)]);
  expect(told('pending-upgrade', 4)).toEqual([]);
  expect(told('deployed', 40)).toEqual([]);
});

test('a release that failed says why, until nobody remembers it', () => {
  expect(told('failed', 25 * 60)).toEqual([]);
  expect(told('failed', 0)).toEqual([
    expect.stringMatching(/^CAFE297 .*failed at revision 1: .*Shop_Settings/),
  ]);
});

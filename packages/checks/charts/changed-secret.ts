import { isRecord, type Manifest, titleOf } from '../model/manifest.js';
import { type ChartProof, lastingByTitle } from './chart-proof.js';
import type { Renderings } from './renderings.js';
import { storeReading } from './stateful.js';

/** An upgrade leaves the values of Secrets alone. */
export const changedSecret = {
  id: 'CAFE116',
  severity: 'risk',
  title: "An upgrade changes a Secret's value that nobody changed",
  why: 'The pods that restart read the new value, the data and the other pods keep the old one: log-ins fail one by one.',
  problems: (renderings) => {
    const random = randomKeys(renderings);
    return renderings.upgrades.flatMap(([older, newer]) => {
      const before = lastingByTitle(older);
      return [...lastingByTitle(newer)].flatMap(([title, manifest]) => {
        const was = before.get(title);
        if (!was || manifest.kind !== 'Secret') return [];
        const [old, own] = [valuesOf(was), valuesOf(manifest)];
        const store = storeReading(newer, manifest.namespace, manifest.name);
        return [...own].flatMap(([key, value]) => {
          if (!old.has(key) || old.get(key) === value || random.has(`${manifest.template ?? ''} ${key}`))
            return [];
          return [
            {
              manifest,
              rendering: newer,
              problem: {
                severity: store === undefined ? ('risk' as const) : ('broken' as const),
                when: `an upgrade of ${newer.variation.title}`,
                field: `data[${key}]`,
                found: `another value than in ${was.source}`,
                expected: `the same value${store === undefined ? '' : `: the data of ${store} keep the old one`}; the pods that have read the old one go on with it until they restart`,
                change: 'keep the value, or its default, as it was',
              },
            },
          ];
        });
      });
    });
  },
} as const satisfies ChartProof;

/** What each rendering makes anew says nothing about the upgrade. */
const randomKeys = ({ twice }: Renderings): ReadonlySet<string> =>
  new Set(
    twice.flatMap(([one, other]) => {
      const others = new Map(other.manifests.map((manifest) => [titleOf(manifest), manifest]));
      return one.manifests.flatMap((manifest) => {
        const again = others.get(titleOf(manifest));
        if (!again || manifest.kind !== 'Secret') return [];
        const values = valuesOf(again);
        return [...valuesOf(manifest)].flatMap(([key, value]) =>
          values.get(key) === value ? [] : [`${manifest.template ?? ''} ${key}`],
        );
      });
    }),
  );

/** Keys and plain values. */
function valuesOf({ content: { data, stringData } }: Manifest): ReadonlyMap<string, string> {
  const encoded = isRecord(data) ? Object.entries(data) : [];
  const plain = isRecord(stringData) ? Object.entries(stringData) : [];
  return new Map([
    ...encoded.map(([key, value]) => [key, Buffer.from(String(value), 'base64').toString()] as const),
    ...plain.map(([key, value]) => [key, String(value)] as const),
  ]);
}

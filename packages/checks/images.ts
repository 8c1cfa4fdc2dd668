import { containersOf } from './environment.js';
import type { Finding } from './finding.js';
import { titleOf } from './manifest.js';
import type { Check } from './options.js';

/** Each image is one image: a version or a digest, never "latest" and never nothing. */
export const images: Check = (cluster) =>
  cluster.workloads.flatMap((workload) =>
    containersOf(workload).flatMap(({ list, container: { name, image } }): Finding[] => {
      const problem = problemOf(image);
      if (problem === undefined) return [];
      return [
        {
          id: 'CAFE086',
          severity: 'error',
          object: titleOf(workload),
          field: `${workload.podPath}.${list}[${name}].image`,
          found: image === '' ? 'no image' : `${image}, ${problem}`,
          expected:
            'a version or a digest: two nodes that pull at two times run two programs, and nobody can roll back',
          change: `name a version, such as ${image.replace(/(?<!\/[^/]*)@.*$|:[^/:]*$/, '') || 'shop/web'}:1.0.0`,
        },
      ];
    }),
  );

function problemOf(image: string): string | undefined {
  if (image === '') return 'nothing';
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return undefined;
  if (image.includes('@')) return 'whose digest is not sha256: and 64 hexadecimal digits';
  const tag = /:([^/:]*)$/.exec(image)?.[1];
  if (tag === undefined || tag === '') return 'which has no tag and so means latest';
  return tag === 'latest' ? 'whose tag moves' : undefined;
}

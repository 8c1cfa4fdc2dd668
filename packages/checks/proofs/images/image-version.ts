import { allContainers, fieldOf } from '../../model/containers.js';
import { titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';

/** Each image is one image: a version or a digest, never "latest" and never nothing. */
export const imageVersion = {
  id: 'CAFE086',
  severity: 'advice',
  title: 'An image without a version',
  why: 'Two nodes run two programs under one name, and nobody can go back to the one before.',
  problems: (cluster) =>
    allContainers(cluster).flatMap((each): Problem[] => {
      const { image } = each.container;
      const fault = faultOf(image);
      if (fault === undefined) return [];
      return [
        {
          object: titleOf(each.workload),
          field: fieldOf(each, 'image'),
          found: image === '' ? 'no image' : `${image}, ${fault}`,
          expected:
            'a version or a digest: two nodes that pull at two times run two programs, and nobody can roll back',
          change: `name a version, such as ${image.replace(/(?<!\/[^/]*)@.*$|:[^/:]*$/, '') || 'shop/web'}:1.0.0`,
        },
      ];
    }),
} as const satisfies Proof;

function faultOf(image: string): string | undefined {
  if (image === '') return 'nothing';
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return undefined;
  if (image.includes('@')) return 'whose digest is not sha256: and 64 hexadecimal digits';
  const tag = /:([^/:]*)$/.exec(image)?.[1];
  if (tag === undefined || tag === '') return 'which has no tag and so means latest';
  return tag === 'latest' ? 'whose tag moves' : undefined;
}

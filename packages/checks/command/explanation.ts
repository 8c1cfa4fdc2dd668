import type { Report } from '../check.js';
import { Cluster } from '../model/cluster.js';
import { titleOf } from '../model/manifest.js';
import { connectionTable } from '../proofs/capacity/connection-budget.js';
import { networkMatrix } from '../proofs/network/flows.js';
import { timeTable } from '../proofs/time/index.js';

/** The arithmetic and the network matrix behind the verdict. */
export function explanation({ objects }: Report): string {
  const cluster = new Cluster(objects);
  const line = (fits: boolean, text: string): string => `  ${fits ? 'ok ' : 'NO '} ${text}`;
  return [
    'Time: what must fit, and into what',
    ...timeTable(cluster).map(({ object, text, fits }) => line(fits, `${object}  ${text}`)),
    '',
    'Connections: who asks a store for how many, at the height of a rollout',
    ...connectionTable(cluster).map(({ store, terms, total, available, maximum }) =>
      line(
        total <= available,
        `${titleOf(store)}  ${terms.join(' + ')}; ${total} ≤ ${available} of ${maximum}`,
      ),
    ),
    '',
    'Network: every connection that a container is configured with',
    ...networkMatrix(cluster).map(({ from, to, port, allowed }) =>
      line(allowed, `${from} -> ${to} port ${port}`),
    ),
  ].join('\n');
}

import { DELETING_CONTROLLERS } from '../../model/deleting-controllers.js';
import { titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';
import { postgresClusters } from './objects.js';

/** A Cluster is rarely in a chart, and Helm makes none anew by itself. */
const KEEPERS = DELETING_CONTROLLERS.filter(({ name }) => name !== 'Helm');

/**
 * `bootstrap` is read when a Cluster is made. One that a controller takes away by mistake and makes anew is made from the
 * old backup again, without a word.
 */
export const keptRecovery = {
  id: 'CAFE124',
  severity: 'risk',
  title: 'A PostgreSQL that is made anew would be an old one again: bootstrap.recovery is left in it',
  why: 'It is read only when the Cluster is made. Whoever deletes it by mistake, a controller among them, and makes it anew gets the old backup in the place of the data, without a word.',
  problems: (cluster) =>
    postgresClusters(cluster).flatMap((postgres): Problem[] => {
      if (
        postgres.typed.spec.bootstrap?.recovery === undefined ||
        KEEPERS.some(({ isTold }) => isTold(postgres))
      )
        return [];
      return [
        {
          object: titleOf(postgres),
          field: 'spec.bootstrap.recovery',
          found: 'recovery, in a Cluster that a controller may delete and make again',
          expected:
            'initdb, once the Cluster is there: recovery is read when it is made, and never after that',
          change: `write the initdb of the database in its place when it is restored; until then, annotate it with ${KEEPERS.map(({ keeps }) => keeps).join(' or ')}`,
        },
      ];
    }),
} as const satisfies Proof;

import { titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';
import { postgresClusters } from './objects.js';

/** The operator makes a budget for the primary, and hands over before an eviction: with a single one to nobody. */
export const singleInstanceBudget = {
  id: 'CAFE121',
  severity: 'risk',
  title: 'The budget of a PostgreSQL of one instance blocks the drain of its node',
  why: 'Whoever drains the node waits for an eviction that is refused each time, until somebody deletes the pod by hand; upgrades of the cluster stop there.',
  problems: (cluster) =>
    postgresClusters(cluster).flatMap((postgres): Problem[] => {
      const { instances, enablePDB } = postgres.typed.spec;
      if (instances !== 1 || !enablePDB) return [];
      return [
        {
          object: titleOf(postgres),
          field: 'spec.enablePDB',
          found: 'true, with instances: 1',
          expected:
            'false: the budget lets nobody evict the primary, and there is no other instance to hand over to',
          likely: 'false',
          change: 'set enablePDB: false, or instances: 3',
        },
      ];
    }),
} as const satisfies Proof;

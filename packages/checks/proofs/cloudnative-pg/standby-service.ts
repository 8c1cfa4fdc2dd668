import type { Cluster, Workload } from '../../model/cluster.js';
import { type Connection, connections } from '../../model/connections.js';
import { titleOf } from '../../model/manifest.js';
import { keepsContract } from '../../model/variable-names.js';
import type { Problem, Proof } from '../proof.js';
import { postgresClusters } from './objects.js';

/** Who says in the variable's name that it only reads. */
const READS_ONLY = /(?:^|_)(?:RO|READ|READER|READONLY|REPLICAS?|STANDBY|SECONDARY)(?:_|$)/;

/** Who changes data is told the way to the primary, and to no standby. */
export const standbyService = {
  id: 'CAFE127',
  title: 'A service that writes is led to a standby, which takes no changes',
  why: 'Events are not delivered, and two migrations run at once: the next transaction is on another connection, where nobody listens and no lock is held.',
  problems: (cluster) =>
    connections(cluster).flatMap((connection): Problem[] => {
      const { workload, address, variables } = connection;
      const led = leadsTo(cluster, connection);
      if (led === undefined || READS_ONLY.test(address.variable.name)) return [];
      return [
        {
          // A service on the runtime asks for a primary, and is never ready without one; others find out at their first change.
          severity: keepsContract(variables) ? 'broken' : 'risk',
          object: titleOf(workload),
          field: fieldOf(workload, address.variable.name),
          found: `${address.host}, which leads to ${led.to} of ${titleOf(led.postgres)}`,
          expected: 'the primary: a standby answers each change with an error (25006)',
          likely: `${led.postgres.name}-rw`,
          change: `set the host to ${led.postgres.name}-rw, or call the variable by what it is for, such as DB_READ_HOST`,
        },
      ];
    }),
} as const satisfies Proof;

interface Standbys {
  readonly postgres: Pick<Workload, 'kind' | 'namespace' | 'name'>;
  readonly to: string;
}

function leadsTo(cluster: Cluster, { resolution }: Connection): Standbys | undefined {
  if (resolution.kind === 'made') {
    const { made } = resolution;
    return postgresClusters(cluster).flatMap((postgres): Standbys[] => {
      if (postgres.namespace !== made.namespace) return [];
      if (made.name === `${postgres.name}-ro`) return [{ postgres, to: 'the standbys' }];
      return made.name === `${postgres.name}-r` ? [{ postgres, to: 'any instance' }] : [];
    })[0];
  }
  if (resolution.kind !== 'service') return undefined;
  const { namespace, typed } = resolution.service;
  const { 'cnpg.io/cluster': name, 'cnpg.io/instanceRole': role } = typed.spec.selector ?? {};
  const postgres = postgresClusters(cluster).find(
    (each) => each.namespace === namespace && each.name === name,
  );
  if (!postgres || role === 'primary' || typed.spec.selector?.['role'] === 'primary') return undefined;
  return { postgres, to: role === 'replica' ? 'the standbys' : 'any instance' };
}

const fieldOf = ({ podPath }: Workload, variable: string): string =>
  `${podPath}.containers[].env[${variable}]`;

import { withHost } from '../../model/addresses.js';
import type { Cluster } from '../../model/cluster.js';
import { connections, type Connection } from '../../model/connections.js';
import { nearest } from '../../model/nearest-name.js';
import type { Resolution } from '../../model/resolution.js';
import type { Problem, Proof } from '../proof.js';
import { releaseServiceFor } from '../releases/release-service.js';
import { connectionProblem, written } from './connection-problem.js';

/** Each host that a container is configured to connect to is a Service, when it is one of this cluster. */
export const missingService = {
  id: 'CAFE001',
  title: 'A host in the configuration of a container has no Service',
  why: 'The container starts, and each connection fails with a name that does not resolve; nothing before that says so. Most are a rename that reached the Service and not the variable, or a Helm release under another name.',
  problems: (cluster, options) =>
    connections(cluster).flatMap((connection): Problem[] => {
      const { resolution, address } = connection;
      if (resolution.kind !== 'missing' || address.portText !== undefined) return [];
      // A program may be told its own name.
      if (address.port === undefined && resolution.name === connection.workload.name) return [];
      // The release's own proof says it better.
      if (releaseServiceFor(connection, options) !== undefined) return [];
      return [problem(cluster, connection, resolution)];
    }),
} as const satisfies Proof;

function problem(
  cluster: Cluster,
  connection: Connection,
  { name, namespace, likely: whole }: Extract<Resolution, { readonly kind: 'missing' }>,
): Problem {
  const { address } = connection;
  const here = [...cluster.services.values()].filter((service) => service.namespace === namespace);
  const names = here.map((service) => service.name);
  const [meant, why] =
    whole === undefined
      ? likely(cluster, connection, name, namespace)
      : [whole, 'whose namespace and suffix are there'];
  return connectionProblem(connection, {
    cause: `Service ${namespace}/${name}`,
    found: written(connection),
    expected: `a Service of the namespace ${namespace || '(none)'}; there ${listed(names)}`,
    likely: meant === undefined ? undefined : `${meant}, ${why}`,
    change: `set ${address.variable.origin} to ${meant === undefined ? 'the name of a Service' : withHost(address, meant)}, or add a Service ${name}`,
  });
}

function likely(
  cluster: Cluster,
  { address }: Connection,
  name: string,
  namespace: string,
): readonly [meant: string | undefined, why: string] {
  const all = [...cluster.services.values()];
  const here = all.filter((service) => service.namespace === namespace);
  const near = nearest(
    name,
    here.map((service) => service.name),
  );
  // A host with its namespace keeps it.
  if (near !== undefined) return [address.host.replace(name, near), 'whose name is nearest'];
  const namesake = all.find((service) => service.name === name);
  if (namesake) return [`${namesake.name}.${namesake.namespace}`, 'in the namespace where there is one'];
  const [only, ...others] = here.filter(({ typed }) =>
    typed.spec.ports.some(({ port }) => port === address.port),
  );
  return only && others.length === 0
    ? [only.name, `the only Service with port ${address.port ?? ''}`]
    : [undefined, ''];
}

const listed = (names: readonly string[]): string =>
  names.length === 0
    ? 'is none'
    : names.length <= 8
      ? `are ${names.join(', ')}`
      : `are ${names.slice(0, 8).join(', ')} and ${names.length - 8} more`;

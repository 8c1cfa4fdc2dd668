import type { Cluster, Workload } from '../../model/cluster.js';
import { type Edge, edges, targetPort } from '../../model/connections.js';
import { titleOf } from '../../model/manifest.js';
import { NetworkPolicies, type PodPort } from '../../model/network-policies.js';
import { once } from '../../model/once.js';

/** An edge with the port that its packets carry, behind the Service. */
export interface Flow {
  readonly edge: Edge;
  readonly target: Workload;
  readonly port: PodPort;
}

/** What the policies of a cluster allow. */
export const policiesOf = once((cluster) => new NetworkPolicies(cluster));

/** Every edge once for each pair of workloads and port. */
export const flows = once((cluster): readonly Flow[] => {
  const seen = new Set<string>();
  return edges(cluster).flatMap((edge) =>
    edge.targets.flatMap((target): Flow[] => {
      const found = targetPort(edge.servicePort, target);
      const { port, targetPort: wanted = port, protocol } = edge.servicePort;
      const number = found?.number ?? (typeof wanted === 'number' ? wanted : undefined);
      const key = `${titleOf(edge.workload)} ${titleOf(target)} ${number ?? ''}`;
      if (number === undefined || target === edge.workload || seen.has(key)) return [];
      seen.add(key);
      const name = found?.container.ports.find(({ containerPort }) => containerPort === number)?.name;
      return [{ edge, target, port: { number, protocol, name } }];
    }),
  );
});

/** One line of the matrix. */
export interface MatrixLine {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly allowed: boolean;
}

/** Every edge with what the policies say about it, for `--explain`. What is not listed is denied by default. */
export function networkMatrix(cluster: Cluster): readonly MatrixLine[] {
  const policies = policiesOf(cluster);
  return flows(cluster).map(({ edge, target, port }) => ({
    from: titleOf(edge.workload),
    to: titleOf(target),
    port: port.number,
    allowed:
      policies.allows(edge.workload, 'Egress', target, port) &&
      policies.allows(target, 'Ingress', edge.workload, port),
  }));
}

import { Cluster, type Workload } from './cluster.js';
import { edges } from './connections.js';
import { type Manifest, titleOf } from './manifest.js';
import { placed, placementOf } from './namespaces.js';
import { NetworkPolicies } from './network-policies.js';

/** What runs: one box of the picture. */
export interface TopologyNode {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly pods: number;
  readonly ports: readonly number[];
  /** What start, readiness and liveness ask, each as far as there is one. */
  readonly probes: readonly string[];
  /** How many steps from outside: the column. */
  readonly depth: number;
  /** Port of a load balancer in front of it. */
  readonly exposed: number | undefined;
}

/** Who is configured to connect to whom: one arrow. */
export interface TopologyLink {
  readonly from: TopologyNode;
  readonly to: TopologyNode;
  readonly variable: string;
  readonly port: number;
  /** Whether a NetworkPolicy at each end speaks about it; else the pods are open. */
  readonly guarded: boolean;
}

/** The picture's content, read from the final manifests. */
export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly links: readonly TopologyLink[];
}

/** Reads what runs and who connects to whom; what nobody connects to comes first. */
export function topologyOf(manifests: readonly Manifest[]): Topology {
  const cluster = new Cluster(placed(manifests, placementOf(manifests)));
  const policies = new NetworkPolicies(cluster);
  const arriving = edges(cluster).filter(({ list }) => list === 'containers');
  const depths = depthsOf(
    arriving.flatMap(({ workload, targets }) => targets.map((target) => [workload, target] as const)),
  );
  const exposed = new Map(
    [...cluster.services.values()].flatMap(({ namespace, typed: { spec } }) =>
      spec.type === 'LoadBalancer' && spec.selector
        ? cluster.pods
            .withLabels(namespace, spec.selector)
            .map((workload) => [workload, spec.ports[0]?.port] as const)
        : [],
    ),
  );
  const nodes = new Map(
    cluster.workloads.map((workload) => [
      workload,
      node(workload, depths.get(workload) ?? 0, exposed.get(workload)),
    ]),
  );
  const links = arriving.flatMap((edge) =>
    edge.targets.flatMap((target): TopologyLink[] => {
      const [from, to] = [nodes.get(edge.workload), nodes.get(target)];
      if (!from || !to) return [];
      const guarded =
        policies.restricting(edge.workload, 'Egress').length > 0 &&
        policies.restricting(target, 'Ingress').length > 0;
      return [{ from, to, variable: edge.address.variable.name, port: edge.servicePort.port, guarded }];
    }),
  );
  return { nodes: [...nodes.values()].sort((left, right) => left.depth - right.depth), links };
}

function node(workload: Workload, depth: number, exposed: number | undefined): TopologyNode {
  const { kind, name, pod, spec } = workload;
  const probes = pod.containers.flatMap(({ startupProbe, readinessProbe, livenessProbe }) =>
    [startupProbe, readinessProbe, livenessProbe].flatMap((probe) => probe?.httpGet?.path ?? []),
  );
  const ports = pod.containers.flatMap((container) =>
    container.ports.map(({ containerPort }) => containerPort),
  );
  return { id: titleOf(workload), name, kind, pods: spec?.replicas ?? 1, ports, probes, depth, exposed };
}

/** The longest way to each workload; a circle ends where it began. */
function depthsOf(pairs: readonly (readonly [Workload, Workload])[]): Map<Workload, number> {
  const callers = new Map<Workload, Workload[]>();
  for (const [from, to] of pairs) callers.set(to, [...(callers.get(to) ?? []), from]);
  const depths = new Map<Workload, number>();
  const depthOf = (workload: Workload): number => {
    const known = depths.get(workload);
    if (known !== undefined) return known;
    depths.set(workload, 0);
    const depth = Math.max(-1, ...(callers.get(workload) ?? []).map(depthOf)) + 1;
    depths.set(workload, depth);
    return depth;
  };
  for (const workload of callers.keys()) depthOf(workload);
  return depths;
}

import type { Cluster, Typed, Workload } from './cluster.js';
import type { NetworkPeer, NetworkPort } from './objects.js';
import { matches } from './pod-index.js';

/** Which side of a connection a policy speaks about. */
export type Direction = 'Ingress' | 'Egress';

/** One `from`/`to` with its ports, and the policy that it stands in. */
export interface Rule {
  readonly policy: Typed<'NetworkPolicy'>;
  readonly index: number;
  readonly peers: readonly NetworkPeer[];
  readonly ports: readonly NetworkPort[];
}

/** The other end of a connection: a pod of these manifests, or somebody outside the cluster. */
export type Peer = Workload | 'outside';

/** A port of a pod: policies are applied behind the Service's translation, so it is the container's. */
export interface PodPort {
  readonly number: number;
  readonly protocol: string;
  /** Its name in the pod that is connected to, which a policy may use instead of the number. */
  readonly name?: string | undefined;
}

/**
 * What the NetworkPolicies of a set of manifests allow. The rules are Kubernetes': a pod that no policy of a direction
 * selects is open in that direction; a selected one may do what any of its policies allows; a connection needs both
 * ends. The node of a pod always reaches it, so probes need no rule.
 *
 * Not judged: addresses (`ipBlock` matches nobody but `outside`), and pods on the host's network.
 */
export class NetworkPolicies {
  private readonly selecting: Readonly<Record<Direction, Map<Workload, Typed<'NetworkPolicy'>[]>>> = {
    Ingress: new Map(),
    Egress: new Map(),
  };
  private readonly namespaceLabels: ReadonlyMap<string, Readonly<Record<string, string>>>;

  constructor(private readonly cluster: Cluster) {
    for (const policy of cluster.policies) {
      const { podSelector } = policy.typed.spec;
      for (const workload of cluster.pods.selectedBy(policy.namespace, podSelector)) {
        for (const direction of directionsOf(policy)) {
          const present = this.selecting[direction].get(workload);
          if (present) present.push(policy);
          else this.selecting[direction].set(workload, [policy]);
        }
      }
    }
    this.namespaceLabels = new Map(
      cluster.namespaces.map(({ name, typed }) => [
        name,
        { ...typed.metadata.labels, 'kubernetes.io/metadata.name': name },
      ]),
    );
  }

  /** The policies that restrict these pods in this direction; none means that everything is allowed. */
  restricting(workload: Workload, direction: Direction): readonly Typed<'NetworkPolicy'>[] {
    return this.selecting[direction].get(workload) ?? [];
  }

  /** The rules of those policies. */
  rules(workload: Workload, direction: Direction): readonly Rule[] {
    return this.restricting(workload, direction).flatMap((policy) =>
      direction === 'Ingress'
        ? policy.typed.spec.ingress.map(({ from, ports }, index) => ({ policy, index, peers: from, ports }))
        : policy.typed.spec.egress.map(({ to, ports }, index) => ({ policy, index, peers: to, ports })),
    );
  }

  /** Whether one side allows a connection with this peer on this port. */
  allows(workload: Workload, direction: Direction, peer: Peer, port: PodPort): boolean {
    return (
      this.restricting(workload, direction).length === 0 ||
      this.rules(workload, direction).some((rule) => this.matchesPeer(rule, peer) && matchesPort(rule, port))
    );
  }

  /** Whether a rule is about this peer. A rule without peers is about everybody. */
  matchesPeer({ peers, policy }: Rule, peer: Peer): boolean {
    return peers.length === 0 || peers.some((each) => this.isPeer(each, policy.namespace, peer));
  }

  /** The workloads that a rule is about; every one of every namespace when it names no peers. */
  peersOf({ peers, policy }: Rule): readonly Workload[] | 'everybody' {
    if (peers.length === 0) return 'everybody';
    return peers.flatMap(({ podSelector, namespaceSelector, ipBlock }) => {
      if (ipBlock) return [];
      const namespaces = namespaceSelector
        ? [...this.namespaceLabels].flatMap(([name, labels]) =>
            matches(namespaceSelector, labels) ? [name] : [],
          )
        : [policy.namespace];
      return namespaces.flatMap((namespace) =>
        podSelector
          ? this.cluster.pods.selectedBy(namespace, podSelector)
          : this.cluster.pods.inNamespace(namespace),
      );
    });
  }

  private isPeer({ podSelector, namespaceSelector, ipBlock }: NetworkPeer, own: string, peer: Peer): boolean {
    if (ipBlock) return peer === 'outside';
    if (peer === 'outside') return false;
    const labels = this.namespaceLabels.get(peer.namespace) ?? {
      'kubernetes.io/metadata.name': peer.namespace,
    };
    const inNamespace = namespaceSelector ? matches(namespaceSelector, labels) : peer.namespace === own;
    return inNamespace && (podSelector === undefined || matches(podSelector, peer.podLabels));
  }
}

/** Whether a rule is about this port. A rule without ports is about all of them. */
export function matchesPort({ ports }: Pick<Rule, 'ports'>, { number, protocol, name }: PodPort): boolean {
  return (
    ports.length === 0 ||
    ports.some(({ port, endPort, protocol: allowed }) => {
      if (allowed !== protocol) return false;
      if (port === undefined) return true;
      if (typeof port === 'string') return port === name;
      return endPort === undefined ? port === number : number >= port && number <= endPort;
    })
  );
}

/** Without `policyTypes`: always Ingress, and Egress when there are egress rules. */
function directionsOf({ typed: { spec } }: Typed<'NetworkPolicy'>): Direction[] {
  if (spec.policyTypes) {
    return (['Ingress', 'Egress'] as const).filter((direction) => spec.policyTypes?.includes(direction));
  }
  return spec.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

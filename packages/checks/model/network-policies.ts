import type { Cluster, Typed, Workload } from './cluster.js';
import { matches } from './label-selector.js';
import type { NetworkPolicyPeer, NetworkPolicyPort } from './schemas.js';

/** Which side of a connection a policy speaks about. */
export type Direction = 'Ingress' | 'Egress';

/** One rule of a policy: its peers (`from` or `to`) with the ports. */
export interface Rule {
  readonly policy: Typed<'NetworkPolicy'>;
  readonly index: number;
  readonly peers: readonly NetworkPolicyPeer[];
  readonly ports: readonly NetworkPolicyPort[];
}

/** The other end of a connection: pods of these manifests, or somebody outside the cluster. */
export type Remote = Workload | 'outside';

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

  /** Whether one side allows a connection with the other end on this port. */
  allows(workload: Workload, direction: Direction, remote: Remote, port: PodPort): boolean {
    return (
      this.restricting(workload, direction).length === 0 ||
      this.rules(workload, direction).some((rule) => this.isAbout(rule, remote) && matchesPort(rule, port))
    );
  }

  /** Whether one of a rule's peers is this other end. A rule without peers is about everybody. */
  isAbout({ peers, policy }: Rule, remote: Remote): boolean {
    return peers.length === 0 || peers.some((peer) => this.picks(peer, policy.namespace, remote));
  }

  /** The workloads that a rule's peers pick; everybody of every namespace when it names no peers. */
  workloadsOf({ peers, policy }: Rule): readonly Workload[] | 'everybody' {
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

  private picks(
    { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer,
    own: string,
    remote: Remote,
  ): boolean {
    if (ipBlock) return remote === 'outside';
    if (remote === 'outside') return false;
    const labels = this.namespaceLabels.get(remote.namespace) ?? {
      'kubernetes.io/metadata.name': remote.namespace,
    };
    const inNamespace = namespaceSelector ? matches(namespaceSelector, labels) : remote.namespace === own;
    return inNamespace && (podSelector === undefined || matches(podSelector, remote.podLabels));
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

/** Without `policyTypes`, or with none in it: always Ingress, and Egress when there are egress rules. */
function directionsOf({ typed: { spec } }: Typed<'NetworkPolicy'>): Direction[] {
  const { policyTypes = [] } = spec;
  if (policyTypes.length > 0) {
    return (['Ingress', 'Egress'] as const).filter((direction) => policyTypes.includes(direction));
  }
  return spec.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

import { Chart } from 'cdk8s';
import * as k8s from './k8s.js';
import { namespaceCalled } from './namespace-selector.js';
import { Construct } from 'constructs';
import { deferred } from './deferred.js';
import { type Dns, toDnsRule } from './dns.js';

/** The pods on one end of a connection, by their labels and namespace. */
export interface Peer {
  /** What the peer is called, for the reader of the declaration. */
  readonly name: string;
  readonly podLabels: Readonly<Record<string, string>>;
  /** Nothing when its chart names none: then it is in the one that `kubectl apply` uses. */
  readonly namespace: string | undefined;
}

/** The pods that a policy is about. */
export interface PodNetworkPolicyProps {
  readonly name: string;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly dns: Dns;
}

/**
 * What one service may talk to: nothing but the edges and DNS. The rules name the *container's* port, because a policy
 * is applied behind the Service's translation of addresses.
 */
export class PodNetworkPolicy extends Construct {
  private readonly ingress: k8s.NetworkPolicyIngressRule[] = [];
  private readonly egress: k8s.NetworkPolicyEgressRule[];
  readonly dns: Dns;
  private readonly namespace: string | undefined;

  constructor(scope: Construct, id: string, props: PodNetworkPolicyProps) {
    super(scope, id);
    this.namespace = Chart.of(this).namespace;
    this.dns = props.dns;
    this.egress = [toDnsRule(props.dns)];
    new k8s.KubeNetworkPolicy(this, 'Resource', {
      metadata: { name: props.name },
      spec: {
        podSelector: { matchLabels: props.podLabels },
        policyTypes: ['Ingress', 'Egress'],
        ingress: deferred(() => this.ingress),
        egress: deferred(() => this.egress),
      },
    });
  }

  /** Lets these pods connect to a port of ours. */
  allowFrom(peer: Peer, port: number): void {
    this.ingress.push({ from: [this.toPeer(peer)], ports: [tcp(port)] });
  }

  /** Lets all pods of a namespace connect to a port of ours. */
  allowFromNamespace(namespace: string, port: number): void {
    this.ingress.push({ from: [{ namespaceSelector: namespaceCalled(namespace) }], ports: [tcp(port)] });
  }

  /** Lets everybody connect to a port of ours: a load balancer's clients come from any address. */
  allowFromAnywhere(port: number): void {
    this.ingress.push({ ports: [tcp(port)] });
  }

  /** Lets us connect to a port of these pods. */
  allowTo(peer: Peer, port: number): void {
    this.egress.push({ to: [this.toPeer(peer)], ports: [tcp(port)] });
  }

  /** Lets us connect to a port of any address in these networks, outside the cluster. */
  allowToNetworks(networks: readonly string[], port: number): void {
    this.egress.push({ to: networks.map((cidr) => ({ ipBlock: { cidr } })), ports: [tcp(port)] });
  }

  private toPeer({ podLabels, namespace }: Peer): k8s.NetworkPolicyPeer {
    return {
      podSelector: { matchLabels: podLabels },
      ...(namespace === undefined || namespace === this.namespace
        ? {}
        : { namespaceSelector: namespaceCalled(namespace) }),
    };
  }
}

/** Denies what no other policy of the namespace allows, for pods that nobody thought of, too. */
export class DefaultDenyNetworkPolicy extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new k8s.KubeNetworkPolicy(this, 'Resource', {
      metadata: { name: 'default-deny' },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  }
}

const tcp = (port: number): k8s.NetworkPolicyPort => ({
  protocol: 'TCP',
  port: port,
});

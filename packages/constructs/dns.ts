import { isIP } from 'node:net';
import type * as k8s from './k8s.js';
import { namespaceCalled } from './namespace-selector.js';

/** Where pods may ask for names: of the cluster's DNS, or on port 53 of any address, for a cluster of which nobody knows. */
export type Dns = 'any' | ClusterDns;

/** The cluster's DNS, for a network policy. */
export interface ClusterDns {
  /** @default 'kube-system' */
  readonly namespace?: string;
  /** @default - `k8s-app: kube-dns`, as kubeadm and the large clouds label it */
  readonly podLabels?: Readonly<Record<string, string>>;
  /**
   * The address of NodeLocal DNSCache, which no pod selector matches: `169.254.20.10` where nobody chose another.
   * @default - the cluster has none
   */
  readonly nodeLocal?: string;
}

/** @throws Error that names the construct and the address */
export function checkDns(path: string, dns: Dns): Dns {
  if (dns === 'any' || dns.nodeLocal === undefined || isIP(dns.nodeLocal) !== 0) return dns;
  throw new Error(
    `${path}: dns.nodeLocal is "${dns.nodeLocal}"; it is an address alone, such as 169.254.20.10.`,
  );
}

/** The rule of a policy. See docs/decisions/dns-egress.md. */
export function toDnsRule(dns: Dns): k8s.NetworkPolicyEgressRule {
  const ports = [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ];
  if (dns === 'any') return { ports };
  const { namespace = 'kube-system', podLabels = { 'k8s-app': 'kube-dns' }, nodeLocal } = dns;
  const node =
    nodeLocal === undefined
      ? []
      : [{ ipBlock: { cidr: `${nodeLocal}/${isIP(nodeLocal) === 6 ? 128 : 32}` } }];
  return {
    to: [{ namespaceSelector: namespaceCalled(namespace), podSelector: { matchLabels: podLabels } }, ...node],
    ports,
  };
}

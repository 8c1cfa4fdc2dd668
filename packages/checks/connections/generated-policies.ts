import { Document, type Node, YAMLMap, YAMLSeq } from 'yaml';
import { type Manifest, titleOf } from '../model/manifest.js';
import type { Cluster, Workload } from '../model/cluster.js';
import type { PodPort } from '../model/network-policies.js';
import { type Entry, type Exit, type InnerReach, type Reach, reaches } from './reaches.js';

/** Labels that change from one version to the next: no policy may pick by them. */
const CHANGING = /(?:^|\/)version$|^helm\.sh\/chart$|^chart$|-hash$/;

/** Port 53 of whoever answers there: a node's own cache has an address that no selector knows. */
const DNS = {
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
};
/** Every address, which no pod's selector means. */
const EVERYWHERE = [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }];

/** One rule, and what it is for. */
interface Rule {
  readonly why: string;
  readonly rule: Readonly<Record<string, unknown>>;
}

/** A policy for the pods of one workload. */
export interface GeneratedPolicy {
  readonly workload: Workload;
  readonly name: string;
  /** What a reader must know, because no rule can say it. */
  readonly notes: readonly string[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

/**
 * A NetworkPolicy for each workload, which lets through the connections that its manifests declare, DNS, and nothing else.
 * They add to the policies that are there, and pick the pods of these workloads alone: who has no policy here stays as he is.
 */
export function generatedPolicies(cluster: Cluster): readonly GeneratedPolicy[] {
  const all = reaches(cluster);
  const taken = new Set(cluster.policies.map(titleOf));
  // Policies do not apply to pods on the network of their node.
  return cluster.workloads
    .filter(({ pod, podLabels }) => !pod.hostNetwork && Object.keys(podLabels).length > 0)
    .map((workload) => policyFor(cluster, workload, all, taken));
}

function policyFor(
  cluster: Cluster,
  workload: Workload,
  all: readonly Reach[],
  taken: Set<string>,
): GeneratedPolicy {
  const inside = all.filter((reach) => reach.kind === 'inside');
  const others = cluster.pods
    .withLabels(workload.namespace, labelsOf(cluster, workload))
    .filter((each) => each !== workload);
  return {
    workload,
    name: freeName(workload, taken),
    notes: [
      ...others.map(
        (other) => `Its labels are also on the pods of ${titleOf(other)}, which it restricts as well.`,
      ),
      ...all.flatMap((reach) =>
        reach.kind === 'nowhere' && reach.from === workload
          ? [`${reach.host} (${namesOf(reach)}) leads to no pods, and is denied.`]
          : [],
      ),
    ],
    ingress: [
      ...inside.filter(({ to }) => to === workload).map((reach) => fromPods(cluster, reach)),
      ...all.flatMap((reach) =>
        reach.kind === 'enters' && reach.to === workload ? [fromOutside(reach)] : [],
      ),
    ],
    egress: [
      { why: 'DNS', rule: DNS },
      ...inside.filter(({ from }) => from === workload).map((reach) => toPods(cluster, reach)),
      ...all.flatMap((reach) =>
        reach.kind === 'leaves' && reach.from === workload ? [toOutside(reach)] : [],
      ),
      ...(usesApiServer(cluster, workload) ? [API_SERVER] : []),
    ],
  };
}

function freeName({ kind, namespace, name }: Workload, taken: Set<string>): string {
  const free = [
    name,
    `${name}-${kind.toLowerCase()}`,
    `${name}-connections`,
    `${name}-${kind.toLowerCase()}-connections`,
  ].find((each) => !taken.has(`NetworkPolicy ${namespace === '' ? '' : `${namespace}/`}${each}`));
  const chosen = free ?? name;
  taken.add(titleOf({ kind: 'NetworkPolicy', namespace, name: chosen }));
  return chosen;
}

/** By which its pods are told from others: its own selector, or all its labels that stay where that picks others, too. */
function labelsOf(
  cluster: Cluster,
  { namespace, selector, podLabels }: Workload,
): Readonly<Record<string, string>> {
  const own = selector?.matchLabels ?? {};
  const isAlone = Object.keys(own).length > 0 && cluster.pods.withLabels(namespace, own).length === 1;
  return isAlone ? own : Object.fromEntries(Object.entries(podLabels).filter(([key]) => !CHANGING.test(key)));
}

const portOf = ({ number, protocol }: PodPort) => ({ protocol, port: number });

/** A workload as a peer of another one. */
function peerOf(cluster: Cluster, workload: Workload, own: Workload): Readonly<Record<string, unknown>> {
  const podSelector = { matchLabels: labelsOf(cluster, workload) };
  return workload.namespace === own.namespace
    ? { podSelector }
    : { namespaceSelector: namespaceNamed(workload.namespace), podSelector };
}

const namespaceNamed = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

const namesOf = ({ by }: Pick<InnerReach, 'by'>): string => by.map(({ name }) => name).join(', ');

const fromPods = (cluster: Cluster, reach: InnerReach): Rule => ({
  why: `${titleOf(reach.from)}: ${namesOf(reach)}`,
  rule: reach.from.pod.hostNetwork
    ? { ports: [portOf(reach.port)] }
    : { from: [peerOf(cluster, reach.from, reach.to)], ports: [portOf(reach.port)] },
});

const toPods = (cluster: Cluster, reach: InnerReach): Rule => ({
  why: `${titleOf(reach.to)}: ${namesOf(reach)}`,
  rule: reach.to.pod.hostNetwork
    ? { to: EVERYWHERE, ports: [portOf(reach.port)] }
    : { to: [peerOf(cluster, reach.to, reach.from)], ports: [portOf(reach.port)] },
});

const fromOutside = ({ through, port }: Entry): Rule => ({
  why: `whoever comes through ${through.join(', ')}`,
  rule: { ports: [portOf(port)] },
});

const toOutside = (reach: Exit): Rule => ({
  why: `${reach.host}: ${namesOf(reach)}`,
  rule: {
    to:
      reach.namespace === undefined
        ? EVERYWHERE
        : reach.namespace === reach.from.namespace
          ? [{ podSelector: {} }]
          : [{ namespaceSelector: namespaceNamed(reach.namespace) }],
    ...(reach.port === undefined ? {} : { ports: [{ protocol: 'TCP', port: reach.port }] }),
  },
});

const API_SERVER: Rule = {
  why: 'the API server: a role is bound to its ServiceAccount',
  rule: {
    to: EVERYWHERE,
    ports: [
      { protocol: 'TCP', port: 443 },
      { protocol: 'TCP', port: 6443 },
    ],
  },
};

const usesApiServer = ({ bindings }: Cluster, { namespace, pod }: Workload): boolean =>
  bindings.some(({ namespace: own, typed: { subjects } }) =>
    subjects.some(
      (subject) =>
        subject.kind === 'ServiceAccount' &&
        subject.name === (pod.serviceAccountName ?? 'default') &&
        (subject.namespace ?? own) === namespace,
    ),
  );

/** The policies as YAML, each rule with what it is for. */
export const policiesYaml = (cluster: Cluster, policies: readonly GeneratedPolicy[]): string =>
  policies.map((policy) => policyYaml(cluster, policy)).join('---\n');

/** An object that names no namespace goes where it is applied, and so does its policy. */
const namespaceOf = ({ content, namespace }: Manifest): { readonly namespace?: string } => {
  const metadata = content['metadata'];
  const isNamed = typeof metadata === 'object' && metadata !== null && 'namespace' in metadata;
  return isNamed ? { namespace } : {};
};

function policyYaml(cluster: Cluster, { workload, name, notes, ingress, egress }: GeneratedPolicy): string {
  const document = new Document(
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, ...namespaceOf(workload) },
      spec: {
        podSelector: { matchLabels: labelsOf(cluster, workload) },
        policyTypes: ['Ingress', 'Egress'],
        ingress: ingress.map(({ rule }) => rule),
        egress: egress.map(({ rule }) => rule),
      },
    },
    { aliasDuplicateObjects: false },
  );
  const all = [...notes, `What ${titleOf(workload)} is configured with.`];
  if (document.contents) document.contents.commentBefore = all.map((note) => ` ${note}`).join('\n');
  for (const [direction, rules] of [
    ['ingress', ingress],
    ['egress', egress],
  ] as const) {
    const list = document.getIn(['spec', direction], true);
    if (!(list instanceof YAMLSeq)) continue;
    list.items.forEach((item, index) => {
      if (item instanceof YAMLMap)
        (item as Node).commentBefore = ` ${rules[index]?.why.replaceAll('\n', ' ') ?? ''}`;
    });
  }
  return document.toString({ lineWidth: 0 });
}

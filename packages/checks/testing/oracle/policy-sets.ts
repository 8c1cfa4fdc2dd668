import fc from 'fast-check';

// Random namespaces, pods and NetworkPolicies, small enough that rules meet: a few labels, ports and names.

/** A connection that is asked about. */
export type Question = readonly [from: string, to: string, protocol: 'TCP' | 'UDP', port: number];

/** Who says what is right: the package network-config-analyzer, or a cluster. */
export type Judge = 'analyzer' | 'cluster';

/** Objects, and the connections between two of their pods. */
export interface PolicySet {
  readonly objects: readonly PolicyObject[];
  readonly questions: readonly Question[];
}

/** A Namespace, a Pod or a NetworkPolicy. */
export interface PolicyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The namespaces of each set. */
export const NAMESPACES = ['red', 'green', 'blue'] as const;
/** What namespaces and pods may be labelled with. */
export const LABEL_KEYS = ['app', 'tier', 'team'] as const;
const VALUES = ['a', 'b', 'c'] as const;
/** What each pod listens on, under names that differ between pods. */
const PORTS = [
  { containerPort: 80, protocol: 'TCP', names: ['http', 'web'] },
  { containerPort: 8080, protocol: 'TCP', names: ['api', 'web'] },
  { containerPort: 53, protocol: 'UDP', names: ['dns'] },
] as const;
/** Never a pod's. */
const OUTSIDE = ['192.0.2.0/24', '198.51.100.0/25'] as const;

const labels = fc.dictionary(fc.constantFrom(...LABEL_KEYS), fc.constantFrom(...VALUES), {
  noNullPrototype: true,
});

const valueExpression = fc.record({
  key: fc.constantFrom(...LABEL_KEYS),
  operator: fc.constantFrom('In', 'NotIn'),
  values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 2 }),
});
const keyExpression = fc.record({
  key: fc.constantFrom(...LABEL_KEYS),
  operator: fc.constantFrom('Exists', 'DoesNotExist'),
});

const selectorOf = (expression: fc.Arbitrary<object>) =>
  fc.oneof(
    fc.constant({}),
    fc.record({ matchLabels: labels }),
    fc.record({ matchExpressions: fc.array(expression, { minLength: 1, maxLength: 2 }) }),
    fc.record({
      matchLabels: labels,
      matchExpressions: fc.array(expression, { minLength: 1, maxLength: 1 }),
    }),
  );
const selector = selectorOf(fc.oneof(valueExpression, keyExpression));

const namespaceSelector = fc.oneof(
  selector,
  fc.record({ matchLabels: fc.record({ 'kubernetes.io/metadata.name': fc.constantFrom(...NAMESPACES) }) }),
);

const peerFor = (judge: Judge) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ podSelector: selector }) },
    { weight: 3, arbitrary: fc.record({ namespaceSelector }) },
    {
      weight: 3,
      arbitrary: fc.record({
        // The analyzer's Exists and DoesNotExist look at the policy's own namespace alone, whatever namespaceSelector says.
        podSelector: judge === 'analyzer' ? selectorOf(valueExpression) : selector,
        namespaceSelector,
      }),
    },
    { weight: 1, arbitrary: fc.record({ ipBlock: fc.record({ cidr: fc.constantFrom(...OUTSIDE) }) }) },
  );

const port = fc.oneof(
  fc.record({ port: fc.constantFrom(80, 8080, 'http', 'web', 'api') }),
  fc.record({ port: fc.constantFrom(53, 80), protocol: fc.constantFrom('TCP', 'UDP') }),
  fc.record({ port: fc.constant('dns'), protocol: fc.constant('UDP') }),
  fc.record({ protocol: fc.constantFrom('TCP', 'UDP') }),
  fc.record({ port: fc.constantFrom(1, 80, 81), endPort: fc.constantFrom(81, 8079, 9000) }),
);

const rulesFor = (judge: Judge, side: 'from' | 'to') =>
  fc.array(
    fc
      .record(
        { [side]: fc.array(peerFor(judge), { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) },
        { requiredKeys: [] },
      )
      .filter(
        (rule) =>
          // Of a port by name to anywhere, kube-router takes the number that it has in the policy's own namespace, for every
          // pod: a comment in buildNetworkPoliciesInfo of its policy.go says so. Kubernetes means each pod's own.
          judge !== 'cluster' ||
          side === 'from' ||
          (Array.isArray(rule['to']) && rule['to'].length > 0) ||
          !JSON.stringify(rule.ports ?? []).includes('"port":"'),
      ),
    { maxLength: 2 },
  );

const specFor = (judge: Judge) =>
  fc
    .record(
      {
        podSelector: selector,
        policyTypes: fc.constantFrom<('Ingress' | 'Egress')[]>(
          ['Ingress'],
          ['Egress'],
          ['Ingress', 'Egress'],
        ),
        ingress: rulesFor(judge, 'from'),
        egress: rulesFor(judge, 'to'),
      },
      { requiredKeys: ['podSelector'] },
    )
    .map(({ ingress, egress, ...spec }) => {
      if (judge === 'cluster') return { ...spec, ...(ingress && { ingress }), ...(egress && { egress }) };
      // The analyzer refuses rules of a direction that is not among the types, and without types takes `egress: []` for rules.
      const { policyTypes } = spec;
      const isOfEgress = policyTypes ? policyTypes.includes('Egress') : egress && egress.length > 0;
      return {
        ...spec,
        ...(ingress && policyTypes?.includes('Ingress') !== false ? { ingress } : {}),
        ...(egress && isOfEgress === true ? { egress } : {}),
      };
    });

const pod = fc.record({
  namespace: fc.constantFrom(...NAMESPACES),
  labels,
  names: fc.tuple(
    ...PORTS.map(({ names }) => fc.option(fc.constantFrom<string>(...names), { nil: undefined })),
  ),
});

/** Pods that stay in a cluster while their labels change. */
const KEPT = [
  { namespace: 'red', names: ['http', 'api', 'dns'] },
  { namespace: 'red', names: ['web', 'api', 'dns'] },
  { namespace: 'green', names: ['http', 'web', undefined] },
  { namespace: 'green', names: ['web', undefined, 'dns'] },
  { namespace: 'blue', names: [undefined, 'api', 'dns'] },
] as const;

interface DraftPod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly names: readonly (string | undefined)[];
}

const podsFor = (judge: Judge): fc.Arbitrary<readonly DraftPod[]> =>
  judge === 'analyzer'
    ? fc.array(pod, { minLength: 2, maxLength: 5 })
    : fc
        .tuple(...KEPT.map(() => labels))
        .map((all) => KEPT.map((kept, index) => ({ ...kept, labels: all[index] ?? {} })));

/** Sets of objects with their questions, of a form that a judge reads as Kubernetes' documentation says. */
export const policySets = (judge: Judge): fc.Arbitrary<PolicySet> =>
  fc
    .record({
      namespaces: fc.tuple(...NAMESPACES.map(() => labels)),
      pods: podsFor(judge),
      policies: fc.array(fc.record({ namespace: fc.constantFrom(...NAMESPACES), spec: specFor(judge) }), {
        minLength: 1,
        maxLength: 4,
      }),
    })
    .map(({ namespaces, pods, policies }): PolicySet => {
      const objects = [
        ...NAMESPACES.map((name, index): PolicyObject => ({
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: {
            name,
            ...{ labels: { ...namespaces[index], 'kubernetes.io/metadata.name': name } },
          },
        })),
        ...pods.map(({ namespace, labels: podLabels, names }, index): PolicyObject => ({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: `pod-${index}`, namespace, ...{ labels: podLabels } },
          spec: { containers: [{ name: 'main', image: 'any:1', ports: portsOf(names) }] },
        })),
        ...policies.map(({ namespace, spec }, index): PolicyObject => ({
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: `policy-${index}`, namespace },
          spec,
        })),
      ];
      const names = pods.map(({ namespace }, index) => `${namespace}/pod-${index}`);
      const ofBoth = policies.flatMap(({ namespace, spec }) => (isOfBoth(spec) ? [namespace] : []));
      const isAsked = (from: string, to: string): boolean =>
        from !== to &&
        // kube-router has one chain for both directions of a policy: what its egress rules let out of a pod that it picks
        // is let into another that it picks, and the other way round (https://github.com/k3s-io/k3s/issues/2390).
        !(
          judge === 'cluster' && ofBoth.some((each) => [from, to].every((pod) => pod.startsWith(`${each}/`)))
        );
      const questions = names.flatMap((from) =>
        names.flatMap((to) =>
          isAsked(from, to)
            ? PORTS.map(({ containerPort, protocol }): Question => [from, to, protocol, containerPort])
            : [],
        ),
      );
      return { objects, questions };
    });

/** Whether a policy is of both directions. */
const isOfBoth = ({
  policyTypes,
  egress,
}: {
  readonly policyTypes?: readonly string[];
  readonly egress?: readonly object[];
}): boolean => (policyTypes ? policyTypes.length === 2 : (egress ?? []).length > 0);

/** A name stands once in a pod, whatever its protocol. */
function portsOf(names: readonly (string | undefined)[]): readonly object[] {
  const used = new Set<string>();
  return PORTS.map(({ containerPort, protocol }, index) => {
    const name = names[index];
    if (name === undefined || used.has(name)) return { containerPort, protocol };
    used.add(name);
    return { containerPort, protocol, name };
  });
}

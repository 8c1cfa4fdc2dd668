import { titleOf } from '../../model/manifest.js';
import { labelsText } from '../../model/label-selector.js';
import { forbiddenConnection } from '../../proofs/network/forbidden-connection.js';
import { forbiddenDns } from '../../proofs/network/forbidden-dns.js';
import { flows, policiesOf } from '../../proofs/network/flows.js';
import { missingPort } from '../../proofs/connections/missing-port.js';
import { serviceWithoutPods } from '../../proofs/connections/service-without-pods.js';
import { undeclaredTargetPort } from '../../proofs/connections/undeclared-target-port.js';
import { ingressBackend } from '../../proofs/references/ingress-backend.js';
import type { Problem } from '../../proofs/proof.js';
import type { LiveCluster, Title } from '../model/live-cluster.js';
import { isWorkloadWell } from '../model/progress.js';
import { type Cause, DNS, edgeOf } from './cause.js';

/** Services that lead nowhere, and policies in the way, by the checks' own proofs over the live objects. */
export function networkCauses(cluster: LiveCluster): readonly Cause[] {
  const { declared, reading } = cluster;
  const all = (kind: string): boolean =>
    reading.namespaces.every((namespace) => cluster.isRead(kind, namespace));
  if (!all('Service') || !all('Pod')) return [];
  return [
    ...unselecting(cluster),
    ...nobodys(cluster),
    ...missingPort.problems(declared).flatMap((problem) => ofPort(cluster, problem)),
    ...undeclaredTargetPort.problems(declared).flatMap((problem) => ofTarget(problem)),
    ...ofPolicies(cluster),
    ...(all('Ingress') && all('Secret')
      ? ingressBackend.problems(declared).flatMap((problem) => ofIngress(problem))
      : []),
  ];
}

/** A Service without pods of its labels: the checks say which labels were meant, the cluster that nobody answers. */
function unselecting(cluster: LiveCluster): readonly Cause[] {
  return serviceWithoutPods.problems(cluster.declared).flatMap((problem): Cause[] => {
    const service = cluster.service(problem.object);
    if (!service || problem.severity === 'advice') return [];
    const { namespace, name } = service.metadata;
    if (cluster.podsBehind(problem.object).length > 0 || cluster.readyEndpoints(namespace, name) > 0)
      return [];
    return [
      {
        code: 'CAFE271',
        verdict: 'proven',
        key: problem.object,
        sentence: `${problem.object} selects ${labelsText(service.spec.selector ?? {})}, and no pod has these labels${problem.likely === undefined ? '' : `; probably meant: ${problem.likely}`}`,
        evidence: [
          { object: problem.object, field: problem.field, value: problem.found },
          { object: problem.object, field: 'endpoints', value: 'none' },
        ],
        breaks: [problem.object],
        mend:
          problem.likely === undefined
            ? `kubectl -n ${namespace} edit service ${name}   # spec.selector: the labels of the pods' template`
            : `kubectl -n ${namespace} set selector service ${name} '${problem.likely}'`,
      },
    ];
  });
}

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';

/** Addresses that somebody wrote by hand, and aliases: only where what asks them gets no answer. */
function nobodys(cluster: LiveCluster): readonly Cause[] {
  const addresses = new Set(cluster.pods.flatMap(({ status }) => status.podIP ?? []));
  return cluster.services.flatMap(({ metadata, spec }): Cause[] => {
    const title = titleOf({ kind: 'Service', ...metadata });
    const { namespace, name } = metadata;
    const common = {
      code: 'CAFE277' as const,
      verdict: 'likely' as const,
      key: title,
      breaks: [title],
      onlyIfBlamed: true,
    };
    if (spec.type === 'ExternalName') {
      const alias = spec.externalName ?? '';
      return [
        {
          ...common,
          sentence: `${title} is another name for ${alias}, and that does not answer`,
          evidence: [{ object: title, field: 'spec.externalName', value: alias }],
          mend: `kubectl -n ${namespace} edit service ${name}   # spec.externalName: a name that resolves`,
          decide: `whether ${alias} resolves and answers from inside a pod`,
        },
      ];
    }
    const byHand = cluster
      .slicesOf(namespace, name)
      .filter(({ metadata: { labels } }) => !labels[MANAGED_BY]?.endsWith('.k8s.io'))
      .flatMap(({ endpoints }) => endpoints.flatMap((each) => each.addresses))
      .filter((address) => !addresses.has(address));
    if (byHand.length === 0) return [];
    return [
      {
        ...common,
        sentence: `${title} leads to ${byHand.join(', ')}, written by hand, and no pod here has this address`,
        evidence: [{ object: title, field: 'endpoints', value: byHand.join(', ') }],
        mend: `kubectl -n ${namespace} edit endpointslices -l kubernetes.io/service-name=${name}   # the address of now, or a selector in the Service`,
        decide: `whether ${byHand[0] ?? ''} answers from inside a pod`,
      },
    ];
  });
}

function ofPort(cluster: LiveCluster, problem: Problem): readonly Cause[] {
  if (problem.severity !== undefined && problem.severity !== 'broken') return [];
  const live = cluster.workload(problem.object);
  if (!live) return [];
  const isProven = !isWorkloadWell(live);
  return [
    {
      code: 'CAFE272',
      verdict: isProven ? 'proven' : 'likely',
      key: `${problem.object} ${problem.field}`,
      sentence: `${problem.object} is configured with ${problem.found}, and that Service has no such port${likely(problem)}`,
      evidence: [{ object: problem.object, field: problem.field, value: problem.found }],
      breaks: isProven ? [live.title] : [],
      mend: problem.change,
      ...(isProven
        ? {}
        : { decide: 'the pods are ready all the same: it shows when they are asked for what needs it' }),
    },
  ];
}

/** A named port that nobody has leads nowhere; a number may be listened on without being declared. */
function ofTarget(problem: Problem): readonly Cause[] {
  if (problem.severity === 'advice') return [];
  const isName = problem.severity === 'broken' || problem.severity === undefined;
  return [
    {
      code: 'CAFE272',
      verdict: isName ? 'proven' : 'likely',
      key: `${problem.object} ${problem.field}`,
      sentence: `${problem.object} leads to port ${problem.found} of its pods, which no container ${isName ? 'has' : 'declares'}${likely(problem)}`,
      evidence: [{ object: problem.object, field: problem.field, value: problem.found }],
      breaks: [problem.object],
      mend: problem.change,
      ...(isName
        ? {}
        : { decide: `whether a program listens on ${problem.found} in those pods`, onlyIfBlamed: true }),
    },
  ];
}

/** The ways that policies forbid: from a workload to a Service, or to DNS, with the problem of each. */
function forbidden(cluster: LiveCluster): ReadonlyMap<Problem, readonly Title[]> {
  const { declared } = cluster;
  if (declared.policies.length === 0 || !arePoliciesKnown(cluster)) return new Map();
  const policies = policiesOf(declared);
  const denied = flows(declared).filter(
    ({ edge, target, port }) =>
      !policies.allows(edge.workload, 'Egress', target, port) ||
      !policies.allows(target, 'Ingress', edge.workload, port),
  );
  return new Map([
    ...forbiddenConnection.problems(declared).map((problem): [Problem, Title[]] => {
      const text = `${problem.found} ${problem.expected}`;
      return [
        problem,
        denied.flatMap(({ edge, target }) =>
          text.includes(titleOf(edge.workload)) &&
          (text.includes(titleOf(target)) || problem.found.startsWith('port '))
            ? [edgeOf(titleOf(edge.workload), titleOf(edge.service))]
            : [],
        ),
      ];
    }),
    ...forbiddenDns
      .problems(declared)
      .map((problem): [Problem, Title[]] => [
        problem,
        declared.workloads
          .map(titleOf)
          .flatMap((title) => (problem.expected.includes(title) ? [edgeOf(title, DNS)] : [])),
      ]),
  ]);
}

/** Whether it is known which ways policies forbid: there are none, or all that they speak of was read. */
export function arePoliciesKnown(cluster: LiveCluster): boolean {
  const all = (kind: string): boolean =>
    cluster.reading.namespaces.every((namespace) => cluster.isRead(kind, namespace));
  if (!all('NetworkPolicy')) return false;
  return cluster.declared.policies.length === 0 || (all('Service') && cluster.isRead('Namespace', ''));
}

/** The ways that some policy forbids: silence on them says nothing about the network. */
export const forbiddenEdges = (cluster: LiveCluster): ReadonlySet<Title> =>
  new Set([...forbidden(cluster).values()].flat());

/** Nobody can see in the API whether the network enforces policies: it is likely, until it was tried. */
function ofPolicies(cluster: LiveCluster): readonly Cause[] {
  return [...forbidden(cluster)].map(([problem, broken]): Cause => {
    const isDns = broken.some((edge) => edge.endsWith(DNS));
    const tried = (cluster.reading.probes ?? []).flatMap((probe) =>
      isDns
        ? probe.names.flatMap(({ server, answer }) =>
            server === '' && broken.includes(edgeOf(probe.workload, DNS)) ? [answer] : [],
          )
        : probe.sockets.flatMap(({ service, answer }) =>
            broken.includes(edgeOf(probe.workload, service)) ? [answer] : [],
          ),
    );
    const isProven = tried.length > 0 && tried.every((answer) => answer === 'silent' || answer === 'refused');
    return {
      code: 'CAFE273',
      verdict: isProven ? 'proven' : 'likely',
      // One rule that is not there may be in the way of several pods and connections: it is one cause.
      key: `${problem.object} ${isDns ? 'dns' : problem.field}`,
      sentence: isDns
        ? `${problem.object} lets ${broken[0]?.split(' -> ')[0] ?? 'its pods'} ask nobody for names: ${problem.found}`
        : `${problem.object} is in the way: it has ${problem.found}, and needs ${problem.expected}`,
      evidence: [
        { object: problem.object, field: problem.field, value: problem.found },
        ...(isProven ? [{ object: broken[0] ?? '', field: 'tried from inside', value: tried[0] ?? '' }] : []),
      ],
      breaks: broken,
      mend: problem.change,
      ...(isProven
        ? {}
        : {
            decide:
              'whether the network of this cluster enforces policies, and a connection from inside the pod (--probe)',
          }),
    };
  });
}

function ofIngress(problem: Problem): readonly Cause[] {
  if (problem.severity !== undefined && problem.severity !== 'broken') return [];
  return [
    {
      code: 'CAFE276',
      verdict: 'proven',
      key: `${problem.object} ${problem.field} ${problem.found}`,
      sentence: `${problem.object} leads to ${problem.found}, which is not there${likely(problem)}`,
      evidence: [{ object: problem.object, field: problem.field, value: problem.found }],
      breaks: [problem.object],
      mend: problem.change,
    },
  ];
}

const likely = (problem: Problem): string =>
  problem.likely === undefined ? '' : `; probably meant: ${problem.likely}`;

import { titleOf } from '../../model/manifest.js';
import { matches, labelsText } from '../../model/label-selector.js';
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
    ...missingPort.problems(declared).flatMap((problem) => ofPort(cluster, problem)),
    ...undeclaredTargetPort.problems(declared).flatMap((problem) => ofTarget(problem)),
    ...(all('NetworkPolicy') && cluster.isRead('Namespace', '') ? ofPolicies(cluster) : []),
    ...(all('Ingress') && all('Secret')
      ? ingressBackend.problems(declared).flatMap((problem) => ofIngress(problem))
      : []),
  ];
}

/** A Service without pods of its labels: the checks say which labels were meant, the cluster that nobody answers. */
function unselecting(cluster: LiveCluster): readonly Cause[] {
  return serviceWithoutPods.problems(cluster.declared).flatMap((problem): Cause[] => {
    const service = cluster.services.find(
      ({ metadata }) => titleOf({ kind: 'Service', ...metadata }) === problem.object,
    );
    if (!service || problem.severity === 'advice') return [];
    const { namespace, name } = service.metadata;
    const selector = { matchLabels: service.spec.selector ?? {}, matchExpressions: [] };
    const selected = cluster.pods.some(
      ({ metadata }) => metadata.namespace === namespace && matches(selector, metadata.labels),
    );
    if (selected || cluster.readyEndpoints(namespace, name) > 0) return [];
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

function ofPort(cluster: LiveCluster, problem: Problem): readonly Cause[] {
  if (problem.severity !== undefined && problem.severity !== 'broken') return [];
  const live = cluster.workloads.find(({ title }) => title === problem.object);
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

/** Nobody can see in the API whether the network enforces policies: it is likely, never proven. */
function ofPolicies(cluster: LiveCluster): readonly Cause[] {
  const { declared } = cluster;
  if (declared.policies.length === 0) return [];
  const policies = policiesOf(declared);
  const denied = flows(declared).filter(
    ({ edge, target, port }) =>
      !policies.allows(edge.workload, 'Egress', target, port) ||
      !policies.allows(target, 'Ingress', edge.workload, port),
  );
  const broken = new Map<string, Title[]>();
  for (const { edge, target } of denied) {
    for (const problem of forbiddenConnection.problems(declared)) {
      const text = `${problem.found} ${problem.expected}`;
      if (
        !text.includes(titleOf(edge.workload)) ||
        !(text.includes(titleOf(target)) || problem.found.startsWith('port '))
      )
        continue;
      const key = JSON.stringify(problem);
      broken.set(key, [...(broken.get(key) ?? []), edgeOf(titleOf(edge.workload), titleOf(edge.service))]);
    }
  }
  const decide =
    'whether the network of this cluster enforces policies, and a connection from inside the pod';
  return [
    ...forbiddenConnection.problems(declared).map((problem): Cause => ({
      code: 'CAFE273',
      verdict: 'likely',
      key: `${problem.object} ${problem.field} ${problem.found}`,
      sentence: `${problem.object} is in the way: it has ${problem.found}, and needs ${problem.expected}`,
      evidence: [{ object: problem.object, field: problem.field, value: problem.found }],
      breaks: broken.get(JSON.stringify(problem)) ?? [],
      mend: problem.change,
      decide,
    })),
    ...forbiddenDns.problems(declared).map((problem): Cause => {
      const title = declared.workloads.map(titleOf).find((each) => problem.expected.includes(each));
      return {
        code: 'CAFE273',
        verdict: 'likely',
        key: `${problem.object} dns`,
        sentence: `${problem.object} lets ${title ?? 'its pods'} ask nobody for names: ${problem.found}`,
        evidence: [{ object: problem.object, field: problem.field, value: problem.found }],
        breaks: title === undefined ? [] : [edgeOf(title, DNS)],
        mend: problem.change,
        decide,
      };
    }),
  ];
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

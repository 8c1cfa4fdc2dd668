import type { Cluster, Workload } from './cluster.js';
import { targetPort } from './edges-of.js';
import type { Finding } from './finding.js';
import { nearest } from './likely.js';
import type { Container, Probe } from './objects.js';
import {
  action,
  PROBE_KINDS as KINDS,
  probeFinding as finding,
  type ProbeKind as Kind,
  type Rest,
} from './probe.js';
import { declaredDepth, elsewhere } from './probe-depth.js';
import type { Check } from './options.js';

/** Less than this, and a full garbage collection or a busy node is taken for death. */
const LIVENESS_SECONDS = 30;

const WHY: Readonly<Record<Kind, string>> = {
  startupProbe: 'without it the liveness probe kills a start that takes long',
  readinessProbe:
    'without it the Service sends requests to pods that cannot answer yet: "works only after multiple clicks"',
  livenessProbe: 'without it a process that hangs stays',
};

/** Start, readiness and liveness are asked, differ, name ports that exist, and look no further than they may. */
export const probes: Check = (cluster) => {
  const serving = containersBehindServices(cluster);
  return cluster.workloads.flatMap((workload) => [
    ...workload.pod.containers.flatMap((container) => [
      ...(serving.has(container) ? present(workload, container) : []),
      ...KINDS.flatMap((kind) => {
        const probe = container[kind];
        return probe
          ? [
              ...one(workload, container, kind, probe),
              ...elsewhere(cluster, workload, container, kind, probe),
            ]
          : [];
      }),
      ...different(workload, container),
    ]),
    ...declaredDepth(cluster, workload),
  ]);
};

function containersBehindServices(cluster: Cluster): ReadonlySet<Container> {
  const serving = new Set<Container>();
  for (const { namespace, typed } of cluster.services.values()) {
    if (!typed.spec.selector) continue;
    for (const workload of cluster.pods.withLabels(namespace, typed.spec.selector)) {
      if (workload.kind === 'Job' || workload.kind === 'CronJob') continue;
      for (const port of typed.spec.ports) {
        const target = targetPort(port, workload);
        if (target) serving.add(target.container);
      }
    }
  }
  return serving;
}

function present(workload: Workload, container: Container): Finding[] {
  return KINDS.flatMap((kind): Finding[] =>
    container[kind]
      ? []
      : [
          finding(workload, container, kind, 'CAFE031', kind === 'readinessProbe' ? 'error' : 'warning', {
            found: `no ${kind}, and a Service sends requests to this container`,
            expected: WHY[kind],
            change: `add a ${kind}${kind === 'readinessProbe' ? ' on a path that says whether this pod can serve' : kind === 'livenessProbe' ? ' on a path that touches nothing but the process' : ' that may fail for as long as a start takes'}`,
          }),
        ],
  );
}

function different(workload: Workload, container: Container): Finding[] {
  const { readinessProbe, livenessProbe } = container;
  if (
    !readinessProbe ||
    !livenessProbe ||
    action(readinessProbe, container) !== action(livenessProbe, container)
  ) {
    return [];
  }
  return [
    finding(workload, container, 'livenessProbe', 'CAFE032', 'error', {
      found: `the same question as the readinessProbe: ${action(livenessProbe, container)}`,
      expected:
        'another one: not ready means "send nothing for now", not alive means "kill it", and a pod that waits for its database must not be killed',
      change: 'ask liveness on a path of its own that touches nothing but the process, such as /livez',
    }),
  ];
}

function one(workload: Workload, container: Container, kind: Kind, probe: Probe): Finding[] {
  const findings: Finding[] = [];
  const say = (
    id: Finding['id'],
    field: string,
    rest: Rest,
    severity: Finding['severity'] = 'error',
  ): void => {
    findings.push(finding(workload, container, `${kind}.${field}`, id, severity, rest));
  };
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port;
  const names = container.ports.map((each) => each.name ?? String(each.containerPort));
  const known = container.ports.some((each) => each.containerPort === port || each.name === port);
  if (port !== undefined && !known && (typeof port === 'string' || container.ports.length > 0)) {
    const near = nearest(String(port), names) ?? (names.length === 1 ? names[0] : undefined);
    say('CAFE033', 'port', {
      found: String(port),
      expected: `a port that the container declares: ${names.join(', ') || 'it declares none'}`,
      likely: near,
      change: `set the port to ${near ?? 'a declared one'}; a probe of a port where nobody listens never succeeds`,
    });
  }
  if (![probe.httpGet, probe.tcpSocket, probe.exec, probe.grpc].some(Boolean)) {
    say('CAFE036', 'httpGet', {
      found: 'a probe that asks nothing',
      expected: 'one of httpGet, tcpSocket, exec and grpc',
      change: 'say what it asks',
    });
  }
  if (kind !== 'readinessProbe' && probe.successThreshold !== 1) {
    say('CAFE036', 'successThreshold', {
      found: String(probe.successThreshold),
      expected: `1: the API server refuses any other value for a ${kind}`,
      likely: '1',
      change: 'leave successThreshold out',
    });
  }
  for (const field of ['periodSeconds', 'timeoutSeconds', 'failureThreshold'] as const) {
    if (probe[field] < 1 || !Number.isInteger(probe[field])) {
      say('CAFE036', field, {
        found: String(probe[field]),
        expected: 'a whole number, 1 or more',
        change: `set ${field} to 1 or more`,
      });
    }
  }
  const window = probe.periodSeconds * probe.failureThreshold;
  if (kind === 'livenessProbe' && window < LIVENESS_SECONDS) {
    say(
      'CAFE035',
      'failureThreshold',
      {
        found: `${probe.periodSeconds} s × ${probe.failureThreshold} = ${window} s until the container is killed`,
        expected: `at least ${LIVENESS_SECONDS} s: a busy node or a slow disk looks the same as a hung process for that long`,
        likely: `failureThreshold: ${Math.ceil(60 / probe.periodSeconds)}, which is a minute`,
        change: `raise failureThreshold to ${Math.ceil(60 / probe.periodSeconds)}`,
      },
      'warning',
    );
  }
  if (kind === 'livenessProbe' && probe.timeoutSeconds < 2) {
    say(
      'CAFE035',
      'timeoutSeconds',
      {
        found: `${probe.timeoutSeconds} s${probe.timeoutSeconds === 1 ? ", Kubernetes' default" : ''}`,
        expected: 'at least 2 s: a healthy process that is short of CPU answers later than 1 s',
        likely: '5',
        change: 'set timeoutSeconds to 5',
      },
      'warning',
    );
  }
  if (kind === 'readinessProbe' && window > 60) {
    say(
      'CAFE035',
      'failureThreshold',
      {
        found: `${probe.periodSeconds} s × ${probe.failureThreshold} = ${window} s until a pod that cannot serve gets no more requests`,
        expected: 'at most 60 s: every request of that time fails',
        change: 'lower periodSeconds or failureThreshold',
      },
      'warning',
    );
  }
  return findings;
}

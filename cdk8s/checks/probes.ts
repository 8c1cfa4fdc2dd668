import type { Cluster, Workload } from './cluster.js';
import { LIVENESS_REACHES, listed, READINESS_REACHES } from './declared.js';
import { targetPort } from './edges-of.js';
import type { Finding } from './finding.js';
import { nearest } from './likely.js';
import { titleOf } from './manifest.js';
import type { Container, Probe } from './objects.js';
import type { Check } from './options.js';
import { resolve } from './resolution.js';

const KINDS = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
type Kind = (typeof KINDS)[number];

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

/** A probe that goes to another host, or a command that names one. */
function elsewhere(
  cluster: Cluster,
  workload: Workload,
  container: Container,
  kind: Kind,
  probe: Probe,
): Finding[] {
  const hosts = [probe.httpGet?.host, probe.tcpSocket?.host].filter((host) => host !== undefined);
  const words = (probe.exec?.command ?? []).join(' ');
  const reached = [
    ...hosts,
    ...[...words.matchAll(/[a-z][a-z0-9+.-]*:\/\/(?:[^@/\s]*@)?([^/:\s"']+)/gi)].map(([, host = '']) => host),
    ...[...words.matchAll(/(?:\s-h\s*|--host[= ])([^\s"']+)/g)].map(([, host = '']) => host),
    ...[...words.matchAll(/\$[({]?((?:[A-Z0-9]+_)+(?:HOST|URL|ADDR))\b/g)].map(([, name = '']) => `$${name}`),
  ].find((host) => !/^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0)$/.test(host));
  if (reached === undefined) return [];
  const service = reached.startsWith('$') ? undefined : resolve(cluster, workload, reached);
  const own =
    kind !== 'livenessProbe' &&
    service?.kind === 'service' &&
    isStore(cluster, workload, service.service.name);
  if (own) return [];
  return [
    finding(workload, container, kind, 'CAFE034', 'error', {
      found: `${action(probe, container)}, which asks ${reached}`,
      expected:
        kind === 'livenessProbe'
          ? 'liveness touches nothing but its own process: when the other side fails, Kubernetes would restart healthy pods here'
          : 'the pod itself, or its own store: when the other service fails, this one would leave its Service as well, and so on up the chain',
      change:
        'ask the container itself, at localhost, and report the other side in the answer and in a metric',
    }),
  ];
}

/** What the annotations say about the depth of the probes. */
function declaredDepth(cluster: Cluster, workload: Workload): Finding[] {
  const alive = listed(workload.annotations[LIVENESS_REACHES]);
  const ready = listed(workload.annotations[READINESS_REACHES]).filter(
    (name) => !isStore(cluster, workload, name),
  );
  const say = (annotation: string, names: readonly string[], expected: string, change: string): Finding => ({
    id: 'CAFE034',
    severity: 'error',
    object: titleOf(workload),
    field: `metadata.annotations[${annotation}]`,
    found: names.join(', '),
    expected,
    change,
  });
  return [
    ...(alive.length === 0
      ? []
      : [
          say(
            LIVENESS_REACHES,
            alive,
            'nothing: when the other side fails, Kubernetes would restart healthy pods here',
            'answer liveness from the process alone',
          ),
        ]),
    ...(ready.length === 0
      ? []
      : [
          say(
            READINESS_REACHES,
            ready,
            'at most the own store: a service behind another service is looked at by that one, or one failure takes the whole chain out of its Services',
            `leave ${ready.join(', ')} out of what readiness answers, and answer 503 to the requests that need it`,
          ),
        ]),
  ];
}

/** A store keeps data of its own: a StatefulSet's, or one outside of these manifests. */
function isStore(cluster: Cluster, { namespace }: Workload, name: string): boolean {
  const service = cluster.services.get(`${namespace}/${name.split('.')[0] ?? name}`);
  const { selector } = service?.typed.spec ?? {};
  if (!service || !selector) return true;
  return cluster.pods.withLabels(namespace, selector).every(({ kind }) => kind === 'StatefulSet');
}

/** What a probe asks; a named port and its number are the same. */
function action({ httpGet, tcpSocket, exec, grpc }: Probe, { ports }: Container): string {
  const number = (port: string | number): string =>
    String(ports.find(({ name }) => name === port)?.containerPort ?? port);
  if (httpGet) return `GET ${httpGet.path.replace(/(?<=.)\/$/, '')} on port ${number(httpGet.port)}`;
  if (tcpSocket) return `a connection to port ${number(tcpSocket.port)}`;
  if (exec) return exec.command.join(' ');
  return grpc ? `gRPC ${grpc.service ?? 'health'} on port ${grpc.port}` : 'nothing';
}

type Rest = Pick<Finding, 'found' | 'expected' | 'change'> & Partial<Pick<Finding, 'likely'>>;

const finding = (
  workload: Workload,
  container: Container,
  field: string,
  id: Finding['id'],
  severity: Finding['severity'],
  rest: Rest,
): Finding => ({
  id,
  severity,
  object: titleOf(workload),
  field: `${workload.podPath}.containers[${container.name}].${field}`,
  ...rest,
});

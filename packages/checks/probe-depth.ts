import type { Cluster, Workload } from './cluster.js';
import { LIVENESS_REACHES, listed, READINESS_REACHES } from './declared.js';
import type { Finding } from './finding.js';
import { titleOf } from './manifest.js';
import type { Container, Probe } from './objects.js';
import { action, probeFinding as finding, type ProbeKind as Kind } from './probe.js';
import { resolve } from './resolution.js';

/** A probe that goes to another host, or a command that names one. */
export function elsewhere(
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
export function declaredDepth(cluster: Cluster, workload: Workload): Finding[] {
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

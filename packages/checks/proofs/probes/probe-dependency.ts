import { LIVENESS_REACHES, READINESS_REACHES } from '@cafe-lumiere/contract';
import { listed } from '../../model/annotations.js';
import type { Cluster, Workload } from '../../model/cluster.js';
import { titleOf } from '../../model/manifest.js';
import { resolve } from '../../model/resolution.js';
import type { Probe } from '../../model/schemas.js';
import type { Problem, Proof } from '../proof.js';
import { type ContainerProbe, probeProblem, probesIn, questionOf } from './probes.js';

/**
 * A probe looks no further than it may: liveness at nothing but its own process, readiness at most at the own store. What a
 * probe reaches stands in its host or command, or somebody declared it in an annotation.
 */
export const probeDependency = {
  id: 'CAFE034',
  severity: 'risk',
  title: 'A probe depends on something else: liveness on anything, readiness on another service',
  why: 'A liveness probe that asks something else restarts all pods when that is away. A readiness probe that asks another service takes a whole chain out of its Services at once.',
  problems: (cluster) => [
    ...probesIn(cluster).flatMap((each) => written(cluster, each)),
    ...cluster.workloads.flatMap((workload) => [
      ...declaredLiveness(workload),
      ...declaredReadiness(cluster, workload),
    ]),
  ],
} as const satisfies Proof;

function written(cluster: Cluster, each: ContainerProbe): Problem[] {
  const { workload, container, kind, probe } = each;
  const host = otherHost(probe);
  if (host === undefined) return [];
  const resolution = host.startsWith('$') ? undefined : resolve(cluster, workload, host);
  // That nobody has the name says it all.
  if (resolution?.kind === 'missing') return [];
  if (
    kind !== 'livenessProbe' &&
    resolution?.kind === 'service' &&
    isStore(cluster, workload, resolution.service.name)
  ) {
    return [];
  }
  return [
    probeProblem(each, kind, {
      found: `${questionOf(probe, container)}, which asks ${host}`,
      expected:
        kind === 'livenessProbe'
          ? 'liveness touches nothing but its own process: when the other side fails, Kubernetes would restart healthy pods here'
          : 'the pod itself, or its own store: when the other service fails, this one would leave its Service as well, and so on up the chain',
      change:
        'ask the container itself, at localhost, and report the other side in the answer and in a metric',
    }),
  ];
}

/** The pod itself, in the words of addresses and of shells. */
const OWN_HOST =
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|\$\(hostname\b.*|\$[({]?(?:HOSTNAME|POD_IP|POD_NAME|MY_POD_IP)[)}]?.*)$/;

/** A host in a probe's address or command that is not the pod itself; a variable that holds one begins with `$`. */
function otherHost({ httpGet, tcpSocket, exec }: Probe): string | undefined {
  const words = (exec?.command ?? []).join(' ');
  return [
    ...[httpGet?.host, tcpSocket?.host].filter((host) => host !== undefined),
    ...[...words.matchAll(/[a-z][a-z0-9+.-]*:\/\/(?:[^@/\s]*@)?([^/:\s"']+)/gi)].map(([, host = '']) => host),
    ...[...words.matchAll(/(?:\s-h\s*|--host[= ])([^\s"']+)/g)].map(([, host = '']) => host),
    ...[...words.matchAll(/\$[({]?((?:[A-Z0-9]+_)+(?:HOST|URL|ADDR))\b/g)].map(([, name = '']) => `$${name}`),
  ].find((host) => !OWN_HOST.test(host));
}

function declaredLiveness(workload: Workload): Problem[] {
  const reached = listed(workload.annotations[LIVENESS_REACHES]);
  if (reached.length === 0) return [];
  return [
    {
      object: titleOf(workload),
      field: `metadata.annotations[${LIVENESS_REACHES}]`,
      found: reached.join(', '),
      expected: 'nothing: when the other side fails, Kubernetes would restart healthy pods here',
      change: 'answer liveness from the process alone',
    },
  ];
}

function declaredReadiness(cluster: Cluster, workload: Workload): Problem[] {
  const reached = listed(workload.annotations[READINESS_REACHES]).filter(
    (name) => !isStore(cluster, workload, name),
  );
  if (reached.length === 0) return [];
  return [
    {
      object: titleOf(workload),
      field: `metadata.annotations[${READINESS_REACHES}]`,
      found: reached.join(', '),
      expected:
        'at most the own store: a service behind another service is looked at by that one, or one failure takes the whole chain out of its Services',
      change: `leave ${reached.join(', ')} out of what readiness answers, and answer 503 to the requests that need it`,
    },
  ];
}

/** A store keeps data of its own: a StatefulSet's, a Cluster's of an operator, or one outside of these manifests. */
function isStore(cluster: Cluster, { namespace }: Workload, name: string): boolean {
  const service = cluster.services.get(`${namespace}/${name.split('.')[0] ?? name}`);
  const { selector } = service?.typed.spec ?? {};
  if (!service || !selector) return true;
  return cluster.pods
    .withLabels(namespace, selector)
    .every(({ kind }) => kind === 'StatefulSet' || kind === 'Cluster');
}

import type { Cluster, Workload } from './cluster.js';
import type { Finding } from './finding.js';
import { nearest } from './likely.js';
import { titleOf } from './manifest.js';
import { autoscalers } from './autoscalers.js';
import { budgets } from './disruption-budgets.js';
import { rolloutFinding as finding } from './rollout-finding.js';
import { overlaps, selectors, wideServices } from './selectors.js';
import type { Check } from './options.js';
import { absolute } from './percentage.js';
import { matches } from './pod-index.js';

const HOST = 'kubernetes.io/hostname';

/** A rollout, a drained node and an autoscaler can each do their work, on a cluster of one node, too. */
export const rolloutSafety: Check = (cluster) => {
  const scaled = new Map<string, Cluster['autoscalers'][number]>(
    cluster.autoscalers.map((each) => {
      const { kind, name } = each.typed.spec.scaleTargetRef;
      return [`${kind} ${each.namespace}/${name}`, each];
    }),
  );
  return [
    ...cluster.workloads.flatMap((workload) => [
      ...strategy(workload),
      ...selectors(workload),
      ...scheduling(workload),
      ...(scaled.has(titleOf(workload)) ? fixedReplicas(workload) : []),
      ...headlessName(cluster, workload),
    ]),
    ...overlaps(cluster),
    ...budgets(cluster, scaled),
    ...autoscalers(cluster),
    ...wideServices(cluster),
  ];
};

function strategy(workload: Workload): Finding[] {
  const { kind, spec } = workload;
  if (kind !== 'Deployment' || !spec) return [];
  const replicas = spec.replicas ?? 1;
  const { type = 'RollingUpdate', rollingUpdate } = spec.strategy ?? {};
  if (type === 'Recreate') {
    return replicas < 2
      ? []
      : [
          finding(workload, 'CAFE071', 'spec.strategy.type', {
            found: 'Recreate',
            expected:
              'RollingUpdate: Recreate stops every pod before it starts a new one, so each rollout is an outage',
            likely: 'RollingUpdate',
            change: 'set the strategy to RollingUpdate with maxUnavailable: 0 and maxSurge: 1',
          }),
        ];
  }
  const surge = absolute(rollingUpdate?.maxSurge ?? '25%', replicas, 'up');
  const unavailable = absolute(rollingUpdate?.maxUnavailable ?? '25%', replicas, 'down');
  if (surge === 0 && rollingUpdate?.maxUnavailable === 0) {
    return [
      finding(workload, 'CAFE071', 'spec.strategy.rollingUpdate', {
        found: 'maxSurge 0 and maxUnavailable 0',
        expected: 'one of them above 0: the API server refuses both, because no pod could ever be replaced',
        likely: 'maxSurge: 1',
        change: 'set maxSurge to 1',
      }),
    ];
  }
  if (replicas > 0 && unavailable >= replicas) {
    return [
      finding(workload, 'CAFE071', 'spec.strategy.rollingUpdate.maxUnavailable', {
        found: `${rollingUpdate?.maxUnavailable ?? '25%'} of ${replicas} pods`,
        expected: `fewer than ${replicas}: a rollout may stop this many pods before new ones are ready, and then nobody answers`,
        likely: '0',
        change: 'set maxUnavailable to 0 and maxSurge to 1',
      }),
    ];
  }
  return [];
}

function scheduling(workload: Workload): Finding[] {
  const { pod, podLabels, spec, podPath } = workload;
  const replicas = spec?.replicas ?? 1;
  const required = pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...required.flatMap(({ labelSelector, topologyKey }): Finding[] =>
      labelSelector && matches(labelSelector, podLabels) && (replicas > 1 || workload.kind === 'Deployment')
        ? [
            finding(
              workload,
              'CAFE075',
              `${podPath}.affinity.podAntiAffinity`,
              {
                found: `required, by ${topologyKey}, for its own pods (${replicas} and those of a rollout)`,
                expected:
                  'preferred: on a cluster with fewer places than pods the rest stays Pending, and a rollout never ends',
                likely: 'preferredDuringSchedulingIgnoredDuringExecution',
                change: 'prefer it (preferredDuringSchedulingIgnoredDuringExecution) instead of requiring it',
              },
              'warning',
            ),
          ]
        : [],
    ),
    ...pod.topologySpreadConstraints.flatMap(({ topologyKey, whenUnsatisfiable, minDomains }): Finding[] =>
      whenUnsatisfiable === 'DoNotSchedule' && (topologyKey !== HOST || minDomains > 1)
        ? [
            finding(
              workload,
              'CAFE075',
              `${podPath}.topologySpreadConstraints[${topologyKey}]`,
              {
                found: `DoNotSchedule${minDomains > 1 ? `, minDomains ${minDomains}` : ''}`,
                expected:
                  'ScheduleAnyway: a node without that label, as in a small cluster, takes no pod at all',
                likely: 'ScheduleAnyway',
                change: 'set whenUnsatisfiable to ScheduleAnyway',
              },
              'warning',
            ),
          ]
        : [],
    ),
  ];
}

function fixedReplicas(workload: Workload): Finding[] {
  return workload.spec?.replicas === undefined
    ? []
    : [
        finding(workload, 'CAFE074', 'spec.replicas', {
          found: String(workload.spec.replicas),
          expected: 'no number, because an autoscaler sets it: each apply would take its pods away again',
          change: 'delete spec.replicas',
        }),
      ];
}

/** A StatefulSet's pods get their names from a headless Service that must be there. */
function headlessName(cluster: Cluster, workload: Workload): Finding[] {
  const { kind, spec, namespace } = workload;
  if (kind !== 'StatefulSet' || spec?.serviceName === undefined || spec.serviceName === '') return [];
  const service = cluster.services.get(`${namespace}/${spec.serviceName}`);
  if (service?.typed.spec.clusterIP === 'None') return [];
  return [
    finding(workload, 'CAFE077', 'spec.serviceName', {
      found: service
        ? `${spec.serviceName}, which has an address of its own`
        : `${spec.serviceName}, which is not there`,
      expected: 'a headless Service (clusterIP: None): it makes the names of the pods',
      likely: nearest(
        spec.serviceName,
        [...cluster.services.values()].flatMap((each) =>
          each.namespace === namespace && each.typed.spec.clusterIP === 'None' ? [each.name] : [],
        ),
      ),
      change: 'add a headless Service of that name, beside the one that clients use',
    }),
  ];
}

import type { Cluster, Workload } from './cluster.js';
import type { Finding } from './finding.js';
import { nearest } from './likely.js';
import { titleOf } from './manifest.js';
import type { Check } from './options.js';
import { absolute } from './percentage.js';
import { matches, selectorText } from './pod-index.js';

/** Labels that change with a release: a selector that has one can never be applied again. */
const CHANGING =
  /^(?:app\.kubernetes\.io\/version|version|helm\.sh\/chart|chart|pod-template-hash|controller-revision-hash)$/;
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

function selectors(workload: Workload): Finding[] {
  const { selector, podLabels, kind } = workload;
  if (!selector || kind === 'Job' || kind === 'CronJob') return [];
  const findings: Finding[] = [];
  if (!matches(selector, podLabels)) {
    findings.push(
      finding(workload, 'CAFE076', 'spec.selector', {
        found: selectorText(selector),
        expected: `labels that its own template carries: ${labelsText(podLabels)}; the API server refuses the object`,
        likely: nearest(selectorText(selector), [labelsText(podLabels)]),
        change: "make the selector and the template's labels agree",
      }),
    );
  }
  const changing = Object.keys(selector.matchLabels).find((key) => CHANGING.test(key));
  if (changing !== undefined) {
    findings.push(
      finding(workload, 'CAFE076', `spec.selector.matchLabels[${changing}]`, {
        found: `${changing}=${selector.matchLabels[changing] ?? ''}`,
        expected: 'labels that never change: a selector is immutable, so the next version cannot be applied',
        change: `take ${changing} out of the selector; it may stay on the template`,
      }),
    );
  }
  return findings;
}

/** Two workloads that select each other's pods kill them, each to reach its own number. */
function overlaps(cluster: Cluster): Finding[] {
  return cluster.workloads.flatMap((workload): Finding[] => {
    const { selector, namespace, kind } = workload;
    if (!selector || kind === 'Job' || kind === 'CronJob') return [];
    const other = cluster.pods
      .selectedBy(namespace, selector)
      .find((each) => each !== workload && each.kind !== 'Job' && each.kind !== 'CronJob');
    if (!other) return [];
    return [
      finding(workload, 'CAFE076', 'spec.selector', {
        found: `${selectorText(selector)}, which also picks the pods of ${titleOf(other)}`,
        expected: 'labels that only its own pods carry',
        likely: `app=${workload.name}`,
        change: `add a label of its own to the selector and the template, such as app: ${workload.name}`,
      }),
    ];
  });
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

function budgets(cluster: Cluster, scaled: ReadonlyMap<string, Cluster['autoscalers'][number]>): Finding[] {
  const covered = new Map<Workload, string>();
  return cluster.budgets.flatMap((budget): Finding[] => {
    const { minAvailable, maxUnavailable, selector } = budget.typed.spec;
    const object = titleOf(budget);
    const targets = selector ? cluster.pods.selectedBy(budget.namespace, selector) : [];
    if (targets.length === 0) {
      return [
        {
          id: 'CAFE073',
          severity: 'error',
          object,
          field: 'spec.selector',
          found: selector ? selectorText(selector) : 'nothing',
          expected: 'labels that some pods of the namespace carry; it protects none',
          likely:
            selector &&
            nearest(
              selectorText(selector),
              cluster.pods
                .inNamespace(budget.namespace)
                .map((each) => selectorText(each.selector ?? { matchLabels: {}, matchExpressions: [] })),
            ),
          change: "set the selector to the workload's own",
        },
      ];
    }
    return targets.flatMap((workload): Finding[] => {
      const twice = covered.get(workload);
      covered.set(workload, object);
      const replicas = scaled.get(titleOf(workload))?.typed.spec.minReplicas ?? workload.spec?.replicas ?? 1;
      const keep = minAvailable === undefined ? 0 : absolute(minAvailable, replicas, 'up');
      const spare = maxUnavailable === undefined ? replicas : absolute(maxUnavailable, replicas, 'up');
      const blocked = minAvailable !== undefined ? keep >= replicas : spare < 1;
      const field = minAvailable === undefined ? 'maxUnavailable' : 'minAvailable';
      return [
        ...(twice === undefined
          ? []
          : [
              {
                id: 'CAFE073' as const,
                severity: 'error' as const,
                object,
                field: 'spec.selector',
                found: `the pods of ${titleOf(workload)}, which ${twice} selects as well`,
                expected: 'one budget a pod: with two, every eviction is refused with an error',
                change: `delete one of ${twice} and ${object}`,
              },
            ]),
        ...(replicas > 0 && blocked
          ? [
              {
                id: 'CAFE072' as const,
                severity: 'error' as const,
                object,
                field: `spec.${field}`,
                found: `${field}: ${minAvailable ?? maxUnavailable ?? ''}, and ${titleOf(workload)} has ${replicas} ${replicas === 1 ? 'pod' : 'pods'}`,
                expected:
                  'a budget that lets one pod go: this one refuses every eviction, and draining a node waits for ever',
                likely: 'maxUnavailable: 1',
                change: 'use maxUnavailable: 1 and no minAvailable',
              },
            ]
          : []),
      ];
    });
  });
}

function autoscalers(cluster: Cluster): Finding[] {
  const workloads = new Map<string, Workload>(
    cluster.workloads.map((workload) => [titleOf(workload), workload]),
  );
  return cluster.autoscalers.flatMap((autoscaler): Finding[] => {
    const { minReplicas, maxReplicas, scaleTargetRef, metrics } = autoscaler.typed.spec;
    const object = titleOf(autoscaler);
    const target = workloads.get(`${scaleTargetRef.kind} ${autoscaler.namespace}/${scaleTargetRef.name}`);
    const say = (
      field: string,
      found: string,
      expected: string,
      change: string,
      likely?: string,
    ): Finding => ({
      id: 'CAFE074',
      severity: 'error',
      object,
      field: `spec.${field}`,
      found,
      expected,
      likely,
      change,
    });
    if (!target) {
      const likely = nearest(
        scaleTargetRef.name,
        cluster.pods.inNamespace(autoscaler.namespace).map(({ name }) => name),
      );
      return [
        say(
          'scaleTargetRef',
          `${scaleTargetRef.kind} ${scaleTargetRef.name}`,
          'a workload of the same namespace',
          `set the name to ${likely ?? 'one that is there'}`,
          likely,
        ),
      ];
    }
    const unmeasured = metrics.flatMap(({ resource }) =>
      resource?.target?.type === 'Utilization'
        ? target.pod.containers.flatMap((container) =>
            container.resources?.requests[resource.name] === undefined
              ? [`${container.name} has no ${resource.name} request`]
              : [],
          )
        : [],
    );
    return [
      ...(minReplicas > maxReplicas
        ? [
            say(
              'maxReplicas',
              `${maxReplicas}, and minReplicas is ${minReplicas}`,
              'maxReplicas at least minReplicas',
              `set maxReplicas to ${minReplicas} or more`,
              String(minReplicas),
            ),
          ]
        : []),
      ...unmeasured.map((found) =>
        say(
          'metrics',
          found,
          `a request in each container of ${titleOf(target)}: utilization is a share of it, and without one the autoscaler never scales`,
          'add the request to the container',
        ),
      ),
    ];
  });
}

/** A Service over pods of different programs sends one in two requests to the wrong one. */
function wideServices(cluster: Cluster): Finding[] {
  return [...cluster.services.values()].flatMap((service): Finding[] => {
    const { selector } = service.typed.spec;
    if (!selector || Object.keys(selector).length === 0) return [];
    const targets = cluster.pods
      .withLabels(service.namespace, selector)
      .filter(({ kind }) => kind !== 'Job' && kind !== 'CronJob');
    const [first, ...others] = targets;
    const stranger = first && others.find((each) => program(each) !== program(first));
    if (!first || !stranger) return [];
    return [
      {
        id: 'CAFE078',
        severity: 'error',
        object: titleOf(service),
        field: 'spec.selector',
        found: `${labelsText(selector)}, which picks ${targets.slice(0, 4).map(titleOf).join(' and ')}`,
        expected: 'labels of one program: these run different images, and requests for one reach the other',
        likely: cluster.find('Deployment', service.namespace, service.name)
          ? `app=${service.name}`
          : undefined,
        change: `select by a label that only one of them carries, such as app: ${service.name}`,
      },
    ];
  });
}

const program = ({ pod }: Workload): string =>
  pod.containers.map(({ image }) => image.replace(/[:@][^/]*$/, '')).join(' ');

const labelsText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ') || 'none';

const finding = (
  workload: Workload,
  id: Finding['id'],
  field: string,
  rest: Pick<Finding, 'found' | 'expected' | 'change'> & Partial<Pick<Finding, 'likely'>>,
  severity: Finding['severity'] = 'error',
): Finding => ({ id, severity, object: titleOf(workload), field, ...rest });

import type { Cluster, Workload } from '../../model/cluster.js';
import { titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import type { Explanation, Problem, Proof } from '../proof.js';
import { scaledObjectProblems } from './scaled-object.js';
import { type Autoscaler, autoscalersByTarget, targetTitle } from './autoscaler-target.js';

/** An autoscaler has a target, room to move, something to measure, and nobody who sets the number against it. */
export const autoscaler = {
  id: 'CAFE074',
  title: 'An autoscaler that cannot work',
  why: 'The autoscaler shows unknown and never scales, or two decide about one number and pods come and go.',
  problems: (cluster) => {
    const workloads = new Map<string, Workload>(
      cluster.workloads.map((workload) => [titleOf(workload), workload]),
    );
    const scaled = autoscalersByTarget(cluster);
    return [
      ...cluster.workloads.flatMap((workload) =>
        scaled.has(titleOf(workload)) ? fixedReplicas(workload) : [],
      ),
      ...cluster.autoscalers.flatMap((each) => {
        const target = workloads.get(targetTitle(each));
        return target ? [...limits(each), ...unmeasured(each, target)] : noTarget(cluster, each);
      }),
      ...scaledObjectProblems(cluster),
    ];
  },
} as const satisfies Proof;

function fixedReplicas(workload: Workload): Problem[] {
  const replicas = workload.spec?.replicas;
  if (replicas === undefined) return [];
  return [
    {
      severity: 'risk',
      object: titleOf(workload),
      field: 'spec.replicas',
      found: String(replicas),
      expected: 'no number, because an autoscaler sets it: each apply would take its pods away again',
      change: 'delete spec.replicas',
    },
  ];
}

const problem = (each: Autoscaler, field: string, explanation: Explanation): Problem => ({
  object: titleOf(each),
  field: `spec.${field}`,
  ...explanation,
});

function noTarget(cluster: Cluster, each: Autoscaler): Problem[] {
  const { kind, name } = each.typed.spec.scaleTargetRef;
  const likely = nearest(
    name,
    cluster.pods.inNamespace(each.namespace).map((workload) => workload.name),
  );
  return [
    problem(each, 'scaleTargetRef.name', {
      // Somebody else may make it; a name that is nearly another one is wrong.
      severity: likely === undefined ? 'risk' : 'broken',
      found: `${kind} ${name}`,
      expected: 'a workload of the same namespace',
      likely,
      change: `set the name to ${likely ?? 'one that is there'}`,
    }),
  ];
}

function limits(each: Autoscaler): Problem[] {
  const { minReplicas, maxReplicas } = each.typed.spec;
  if (minReplicas <= maxReplicas) return [];
  return [
    problem(each, 'maxReplicas', {
      found: `${maxReplicas}, and minReplicas is ${minReplicas}`,
      expected: 'maxReplicas at least minReplicas',
      likely: String(minReplicas),
      change: `set maxReplicas to ${minReplicas} or more`,
    }),
  ];
}

function unmeasured(each: Autoscaler, target: Workload): Problem[] {
  return each.typed.spec.metrics.flatMap(({ resource }) => {
    if (resource?.target?.type !== 'Utilization') return [];
    return target.pod.containers.flatMap(({ name, resources }) =>
      resources?.requests[resource.name] === undefined
        ? [
            problem(each, 'metrics', {
              severity: 'risk',
              found: `${name} has no ${resource.name} request`,
              expected: `a request in each container of ${titleOf(target)}: utilization is a share of it, and without one the autoscaler never scales`,
              change: 'add the request to the container',
            }),
          ]
        : [],
    );
  });
}

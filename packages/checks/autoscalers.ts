import type { Cluster, Workload } from './cluster.js';
import type { Finding } from './finding.js';
import { nearest } from './likely.js';
import { titleOf } from './manifest.js';

/** An autoscaler has a target, room to move and something to measure. */
export function autoscalers(cluster: Cluster): Finding[] {
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

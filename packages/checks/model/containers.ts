import type { Cluster, Workload } from './cluster.js';
import { type Variables, variablesOf } from './container-variables.js';
import { once } from './once.js';
import type { Container } from './schemas.js';

/** A container of a workload's pod. */
export interface PodContainer {
  readonly workload: Workload;
  readonly list: 'initContainers' | 'containers';
  readonly container: Container;
}

/** The same with its variables. */
export interface ConfiguredContainer extends PodContainer {
  readonly variables: Variables;
}

/** The containers of a pod, first those that run before the others. */
export const containersOf = (workload: Workload): readonly PodContainer[] =>
  (['initContainers', 'containers'] as const).flatMap((list) =>
    workload.pod[list].map((container) => ({ workload, list, container })),
  );

/** Every container. */
export const allContainers = once((cluster): readonly PodContainer[] =>
  cluster.workloads.flatMap(containersOf),
);

/** Every container with its variables. */
export const configuredContainers = once((cluster): readonly ConfiguredContainer[] =>
  allContainers(cluster).map((each) => ({
    ...each,
    variables: variablesOf(cluster, each.workload, each.list, each.container),
  })),
);

const byWorkload = once((cluster) => {
  const containers = new Map<Workload, ConfiguredContainer[]>();
  for (const each of configuredContainers(cluster)) {
    const present = containers.get(each.workload);
    if (present) present.push(each);
    else containers.set(each.workload, [each]);
  }
  return containers;
});

/** The containers of one workload that run at the same time, with their variables. */
export const configuredContainersOf = (
  cluster: Cluster,
  workload: Workload,
): readonly ConfiguredContainer[] =>
  (byWorkload(cluster).get(workload) ?? []).filter(({ list }) => list === 'containers');

/** The path of a container's field inside its object: `spec.template.spec.containers[web].image`. */
export const fieldOf = ({ workload, list, container }: PodContainer, field: string): string =>
  `${workload.podPath}.${list}[${container.name}].${field}`;

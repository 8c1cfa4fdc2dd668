import { conditionOf } from './live-cluster.js';
import type { ContainerStatus, Live, LiveContainer } from './live-schemas.js';

/** A pod in the words of a report. */
export const titleOfPod = ({ metadata: { namespace, name } }: Live<'Pod'>): string =>
  `Pod ${namespace}/${name}`;

/** The containers of a pod with what the kubelet says of them, in the order in which they start. */
export function containersOf(pod: Live<'Pod'>): readonly {
  readonly container: LiveContainer;
  readonly status: ContainerStatus;
  readonly isInit: boolean;
}[] {
  const { spec, status } = pod;
  return [
    ...pair(spec.initContainers, status.initContainerStatuses).map((each) => ({ ...each, isInit: true })),
    ...pair(spec.containers, status.containerStatuses).map((each) => ({ ...each, isInit: false })),
  ];
}

const pair = (containers: readonly LiveContainer[], statuses: readonly ContainerStatus[]) =>
  containers.flatMap((container) => {
    const status = statuses.find(({ name }) => name === container.name);
    return status ? [{ container, status }] : [];
  });

/** Whether a pod does what it is for: it serves, or it has done its work. */
export const isWell = (pod: Live<'Pod'>): boolean =>
  pod.status.phase === 'Succeeded' || conditionOf(pod, 'Ready')?.status === 'True';

/**
 * The first container that keeps a pod from being ready: those behind it wait for it, or fail with it. One that started
 * and ended, or runs without being ready, counts; one that was never started has written nothing.
 */
export function failedContainer(
  pod: Live<'Pod'>,
): { readonly container: string; readonly hasEnded: boolean } | undefined {
  if (isWell(pod)) return undefined;
  for (const { container, status, isInit } of containersOf(pod)) {
    const { state, lastState, ready } = status;
    const hasEnded = (lastState.terminated ?? state.terminated) !== undefined;
    if (isInit && ready) continue;
    if (isInit && state.terminated?.exitCode === 0) continue;
    if (!ready && (hasEnded || state.running)) return { container: container.name, hasEnded };
  }
  return undefined;
}

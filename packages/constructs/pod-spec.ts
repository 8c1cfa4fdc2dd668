import type { ServiceDeclaration } from '@cafe-lumiere/contract';
import { type InitContainer, toContainer, toContainerPorts, variablesOf } from './container.js';
import type { EnvironmentVariable } from './environment-variable.js';
import { ifAny } from './if-any.js';
import type * as k8s from './k8s.js';
import { GATE, type ResolvedPodProps } from './pod-props.js';
import { DEFAULT_RESOURCES } from './resources.js';
import { RESTRICTED_POD } from './restricted.js';
import type { StoreEdge } from './store-edge.js';
import { toToleration } from './tolerations.js';
import { ownMounts, toVolume, toVolumeMounts } from './volumes.js';

/** What pods run: the program of a declared service, and what its edges give it. */
export interface PodParts {
  /** The name of the program's container. */
  readonly name: string;
  readonly image: string;
  readonly declaration: ServiceDeclaration;
  readonly serviceAccount: string;
  readonly variables: readonly EnvironmentVariable[];
  readonly stores: readonly StoreEdge[];
  readonly gracePeriodSeconds: number;
  readonly lostNode: readonly k8s.Toleration[];
}

/** The spec of pods, of a Deployment or a Job. @param own - what the program's container has besides */
export function toPodSpec(
  parts: PodParts,
  props: ResolvedPodProps,
  own: Partial<k8s.Container> = {},
): k8s.PodSpec {
  const { name, image, stores, variables } = parts;
  const { volumes, priorityClass, nodeSelector } = props;
  const storeMounts = stores.flatMap(({ volumeMounts }) => volumeMounts);
  const beside = (each: string, given: InitContainer): k8s.Container =>
    toContainer(
      each,
      { resources: DEFAULT_RESOURCES, ...given },
      variablesOf(given),
      toVolumeMounts(volumes, given.mounts ?? {}),
    );
  const allVolumes = [
    ...stores.flatMap((store) => store.volumes),
    ...Object.entries(volumes).map(([each, volume]) => toVolume(each, volume)),
  ];
  const before = [
    // First, because the gate may ask through one of them.
    ...Object.entries(props.sidecars).map(([each, sidecar]) => ({
      ...beside(each, sidecar),
      ...ifAny('ports', toContainerPorts(sidecar.ports)),
      restartPolicy: 'Always',
    })),
    ...gates(parts, props, storeMounts),
    ...Object.entries(props.initContainers).map(([each, container]) => beside(each, container)),
  ];
  return {
    serviceAccountName: parts.serviceAccount,
    automountServiceAccountToken: false,
    // Service-link variables such as ORDER_SERVICE_PORT=tcp://… would stand in for ours.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: parts.gracePeriodSeconds,
    securityContext: RESTRICTED_POD,
    tolerations: [...parts.lostNode, ...props.tolerations.map(toToleration)],
    ...ifAny('nodeSelector', nodeSelector),
    ...(priorityClass === undefined ? {} : { priorityClassName: priorityClass }),
    ...ifAny(
      'imagePullSecrets',
      props.imagePullSecrets.map((secret) => ({ name: secret })),
    ),
    ...ifAny('volumes', allVolumes),
    ...ifAny('initContainers', before),
    containers: [
      {
        ...toContainer(name, { ...props, image }, variables, [
          ...storeMounts,
          ...toVolumeMounts(volumes, ownMounts(volumes)),
        ]),
        ...own,
      },
    ],
  };
}

/** One for all stores: its program asks each that the declaration names. */
function gates(
  { image, declaration: { gate, runtime }, stores }: PodParts,
  { resources, securityContext }: ResolvedPodProps,
  volumeMounts: readonly k8s.VolumeMount[],
): k8s.Container[] {
  if (gate === undefined || stores.length === 0) return [];
  const variables: EnvironmentVariable[] = [
    ...stores.flatMap(({ gateVariables }) => gateVariables),
    ...(runtime ? [{ name: 'GATE_TIMEOUT_SECONDS', value: String(gateTimeoutSeconds(stores)) }] : []),
  ];
  return [toContainer(GATE, { image, command: gate, resources, securityContext }, variables, volumeMounts)];
}

/** How long the gate waits at most. */
export const gateTimeoutSeconds = (stores: readonly StoreEdge[]): number =>
  Math.max(0, ...stores.map((store) => store.gateTimeoutSeconds));

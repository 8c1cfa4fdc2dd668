import { type EnvironmentVariable, toEnvVar } from './environment-variable.js';
import { ifAny } from './if-any.js';
import type * as k8s from './k8s.js';
import { type Resources, toResourceRequirements } from './resources.js';
import { RESTRICTED_CONTAINER } from './restricted.js';
import type { ConfigMapKey, SecretKey } from './values.js';
import type { Mounts } from './volumes.js';

/** What any container may say. */
export interface ContainerProps {
  /**
   * Takes the place of the image's entry point. The program must be the container's first process, as in
   * `['node', 'server.js']`: a shell in front of it keeps SIGTERM to itself.
   * @default - the image's
   */
  readonly command?: readonly [string, ...string[]];
  /** @default - the image's; none when there is a `command` */
  readonly args?: readonly string[];
  /** @default - 50m to 1 CPU, 96Mi to 256Mi memory, 32Mi to 128Mi ephemeral storage */
  readonly resources?: Resources;
  /**
   * Laid over the Pod Security Standard "restricted", such as `{ runAsUser: 101 }` for an image with a user of its own.
   * What is not "restricted" then does not synthesize.
   * @default - restricted, as user 10001, with a root file system that nobody can write to
   */
  readonly securityContext?: k8s.SecurityContext;
}

/** A container beside a service's own, in each of its pods. */
export interface InitContainer extends ContainerProps {
  /** The image, with a tag or digest. */
  readonly image: string;
  /** Its variables: plain, or an entry of a ConfigMap or Secret that is in the cluster. @default - none */
  readonly env?: Readonly<Record<string, string | number | ConfigMapKey | SecretKey>>;
  /** Volumes of the pod, by name, and where it has them. @default - none */
  readonly mounts?: Mounts;
}

/**
 * A container that starts before the others and ends after them, as Kubernetes 1.29 and later do it (an init container
 * whose restart policy is `Always`): also the gate in front of a store can use it, and a drain is not cut off.
 */
export interface Sidecar extends InitContainer {
  /** Ports by name, for `scrapedFrom`. The Service does not lead to them. @default - none */
  readonly ports?: Readonly<Record<string, number>>;
}

/** A container as it is written, without its ports, probes and mounts. */
export function toContainer(
  name: string,
  { image, command, args, resources, securityContext }: ContainerOf,
  variables: readonly EnvironmentVariable[],
  volumeMounts: readonly k8s.VolumeMount[],
): k8s.Container {
  return {
    name,
    image,
    // A tag is a version and a digest is exact: what is on the node is right, and a registry that is away stops nobody.
    imagePullPolicy: 'IfNotPresent',
    ...(command ? { command } : {}),
    ...(args ? { args } : {}),
    ...ifAny('env', variables.map(toEnvVar)),
    ...ifAny('volumeMounts', volumeMounts),
    resources: toResourceRequirements(resources),
    securityContext: { ...RESTRICTED_CONTAINER, ...securityContext },
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

/** A container's props with the defaults filled in. */
interface ContainerOf {
  readonly image: string;
  readonly command?: readonly string[] | undefined;
  readonly args?: readonly string[] | undefined;
  readonly resources: Resources;
  readonly securityContext?: k8s.SecurityContext | undefined;
}

/** The variables of a container beside the service's own. */
export const variablesOf = ({ env = {} }: InitContainer): EnvironmentVariable[] =>
  Object.entries(env).map(([name, value]): EnvironmentVariable => {
    if (typeof value !== 'object') return { name, value: String(value) };
    return 'configMap' in value ? { name, ...value } : { name, secret: value.secret, key: value.key ?? name };
  });

/** Ports of a container by name. */
export const toContainerPorts = (ports: Readonly<Record<string, number>> = {}): k8s.ContainerPort[] =>
  Object.entries(ports).map(([name, port]) => ({ name, containerPort: port, protocol: 'TCP' }));

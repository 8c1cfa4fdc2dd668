import { containerPortsOf, type ServiceDeclaration } from '@cafe-lumiere/contract';
import type { Size } from 'cdk8s';
import type { ContainerProps, InitContainer, Sidecar } from './container.js';
import { checkExtraMetadata, type ExtraMetadata } from './extra-metadata.js';
import { checkImage } from './image-reference.js';
import type * as k8s from './k8s.js';
import { checkDnsLabel, checkPort } from './names.js';
import { checkResources, DEFAULT_RESOURCES, type Resources } from './resources.js';
import { checkTolerations, type Toleration } from './tolerations.js';
import { checkVolumes, ownMounts, type Volumes, withTmp } from './volumes.js';

/** What the pods of a service, or of a job of its program, may say. */
export interface PodProps extends ContainerProps {
  /** Volumes by name. @default - none */
  readonly volumes?: Volumes;
  /**
   * A writable `/tmp` of this size; the rest of the root file system stays read-only.
   * @default - none
   */
  readonly tmp?: Size;
  /** Containers that run to their end before the service's own starts, by name, after the gate. @default - none */
  readonly initContainers?: Readonly<Record<string, InitContainer>>;
  /** Containers that run beside the service's own, by name. @default - none */
  readonly sidecars?: Readonly<Record<string, Sidecar>>;
  /** Labels of the nodes that pods may run on. @default - any node */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** A PriorityClass of the cluster. @default - the cluster's default */
  readonly priorityClass?: string;
  /** Taints of nodes that pods may run on in spite of them. @default - none */
  readonly tolerations?: readonly Toleration[];
  /** Secrets of the cluster with which the kubelet pulls the images. @default - none */
  readonly imagePullSecrets?: readonly string[];
  /** On each object. A waiver of a check stands here, too. @default - none */
  readonly metadata?: ExtraMetadata;
  /** On each pod; a change makes the pods anew. @default - none */
  readonly podMetadata?: ExtraMetadata;
}

/** {@link PodProps} with every default filled in; `tmp` is one of the volumes. */
export interface ResolvedPodProps {
  readonly command: readonly [string, ...string[]] | undefined;
  readonly args: readonly string[] | undefined;
  readonly resources: Resources;
  readonly securityContext: k8s.SecurityContext;
  readonly volumes: Volumes;
  readonly initContainers: Readonly<Record<string, InitContainer>>;
  readonly sidecars: Readonly<Record<string, Sidecar>>;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly priorityClass: string | undefined;
  readonly tolerations: readonly Toleration[];
  readonly imagePullSecrets: readonly string[];
  readonly metadata: Required<ExtraMetadata>;
  readonly podMetadata: Required<ExtraMetadata>;
}

/** The container that waits for the stores. */
export const GATE = 'wait-for-postgres';

/**
 * Checks the props and fills in the defaults.
 *
 * @param name - of the service's own container
 * @throws Error that names the construct, the prop and the value
 */
export function resolvePodProps(
  path: string,
  name: string,
  declaration: ServiceDeclaration,
  props: PodProps,
): ResolvedPodProps {
  const { command, args, sidecars = {}, initContainers = {}, imagePullSecrets = [] } = props;
  const resources = checkResources(path, 'resources', props.resources ?? DEFAULT_RESOURCES);
  const volumes = withTmp(props.volumes ?? {}, props.tmp);
  if (props.tmp && props.volumes && 'tmp' in props.volumes) {
    throw new Error(`${path}: tmp is a volume of that name, and volumes has one, too. Take one of them out.`);
  }
  checkProgram(path, declaration, command);
  const others = [...Object.entries(sidecars), ...Object.entries(initContainers)];
  const names = [name, GATE];
  for (const [each, { image, resources: own }] of others) {
    checkDnsLabel(path, each);
    if (names.includes(each)) {
      throw new Error(`${path}: two containers of a pod are called "${each}". Give one another name.`);
    }
    names.push(each);
    checkImage(`${path}/${each}`, image);
    if (own) checkResources(path, `${each}.resources`, own);
  }
  checkPorts(path, declaration, sidecars);
  checkVolumes(
    path,
    volumes,
    {
      [name]: ownMounts(volumes),
      ...Object.fromEntries(others.map(([each, { mounts = {} }]) => [each, mounts])),
    },
    [resources, ...Object.values(sidecars).map((each) => each.resources ?? DEFAULT_RESOURCES)],
  );
  return {
    command,
    args,
    resources,
    securityContext: props.securityContext ?? {},
    volumes,
    initContainers,
    sidecars,
    nodeSelector: props.nodeSelector ?? {},
    priorityClass: props.priorityClass,
    tolerations: checkTolerations(path, props.tolerations ?? []),
    imagePullSecrets,
    metadata: checkExtraMetadata(path, 'metadata', props.metadata),
    podMetadata: checkExtraMetadata(path, 'podMetadata', props.podMetadata),
  };
}

/** An image that is built from the service's folder has the programs that its declaration lists, and no others. */
function checkProgram(
  path: string,
  { name, image }: ServiceDeclaration,
  command: readonly string[] | undefined,
): void {
  const program = command?.[0] === 'node' ? /^([\w-]+)\.js$/.exec(command[1] ?? '')?.[1] : undefined;
  if (program === undefined || image === undefined || program in image.programs) return;
  throw new Error(
    `${path}: command runs ${program}.js, and the image of ${name} has: ${Object.keys(image.programs).join(', ')}. Add it to image.programs of the declaration.`,
  );
}

/** The containers of a pod have one address, so that none may have another's port. */
function checkPorts(
  path: string,
  declaration: ServiceDeclaration,
  sidecars: Readonly<Record<string, Sidecar>>,
): void {
  const ports = containerPortsOf(declaration);
  const names = new Set(Object.keys(ports));
  const numbers = new Set(Object.values(ports));
  for (const [sidecar, { ports: own = {} }] of Object.entries(sidecars)) {
    for (const [name, number] of Object.entries(own)) {
      checkPort(path, `${sidecar}.ports.${name}`, number);
      if (names.has(name) || numbers.has(number)) {
        throw new Error(
          `${path}: ${sidecar}.ports.${name} is ${number}, and another container of the pod has that ${names.has(name) ? 'name' : 'port'}. Choose another one.`,
        );
      }
      names.add(name);
      numbers.add(number);
    }
  }
}

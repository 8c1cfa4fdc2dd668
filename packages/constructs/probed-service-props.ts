import type { Configuration } from './configuration.js';
import { type Expose, toServicePort } from './expose.js';
import { checkImage } from './image-reference.js';
import { checkPort } from './names.js';
import type { ProbeTimings } from './probes.js';
import type { Resources } from './resources.js';
import { checkTermination, type Termination } from './termination.js';

/** What a service of the café says about itself. Its name is the construct's id. */
export interface ProbedServiceProps {
  /** The TCP port that the container listens on. */
  readonly port: number;
  /** The image, with a tag or digest. */
  readonly image: string;
  /** The ConfigMap and Secret that the service's edges fill. */
  readonly configuration: Configuration;
  /**
   * How others reach the service.
   * @default - inside the cluster, on the container's port
   */
  readonly expose?: Expose;
  /**
   * Pods. A rollout adds one and takes none away.
   * @default 2
   */
  readonly replicas?: number;
  /** Further variables of the container. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Variables that switch something on: the name of each, and the Secret that has it under that name. Pods start without
   * the Secret, and read a new one when they are restarted.
   * @default - none
   */
  readonly optionalSecrets?: Readonly<Record<string, string>>;
  /** @default - 50m to 1 CPU, 96Mi to 256Mi memory, 32Mi to 128Mi ephemeral storage */
  readonly resources?: Resources;
  /** @default - see {@link ProbeTimings} */
  readonly probes?: ProbeTimings;
  /** @default - see {@link Termination} */
  readonly termination?: Termination;
  /**
   * Seconds that a new pod must stay ready before a rollout takes the next one.
   * @default 5
   */
  readonly minReadySeconds?: number;
  /**
   * Seconds after which a pod on a node that is lost is made anew elsewhere. Kubernetes notices a lost node after 40 s or
   * so, and these are added. It must outlast a kubelet's restart, or a short hiccup moves pods.
   * @default 30
   */
  readonly lostNodeSeconds?: number;
}

const DEFAULT_RESOURCES: Resources = {
  cpu: { request: '50m', limit: '1' },
  memory: { request: '96Mi', limit: '256Mi' },
  ephemeralStorage: { request: '32Mi', limit: '128Mi' },
};

/** The props with every default filled in. */
export type ResolvedProps = Required<Omit<ProbedServiceProps, 'termination'>> & {
  readonly termination: Required<Termination>;
};

/** Checks the props and fills in the defaults. @throws Error that names the construct, the prop and the value */
export function resolveProps(path: string, props: ProbedServiceProps): ResolvedProps {
  const port = checkPort(path, 'port', props.port);
  const termination = checkTermination(path, props.termination);
  return {
    configuration: props.configuration,
    port,
    image: checkImage(path, props.image),
    expose: toServicePort(path, port, props.expose),
    replicas: checkReplicas(path, props.replicas ?? 2),
    environment: withOwn(path, props.environment ?? {}, {
      PORT: String(port),
      DRAIN_SECONDS: String(termination.drainSeconds),
      IN_FLIGHT_SECONDS: String(termination.inFlightSeconds),
    }),
    optionalSecrets: props.optionalSecrets ?? {},
    resources: props.resources ?? DEFAULT_RESOURCES,
    probes: props.probes ?? {},
    termination,
    minReadySeconds: props.minReadySeconds ?? 5,
    lostNodeSeconds: checkSeconds(path, 'lostNodeSeconds', props.lostNodeSeconds ?? 30),
  };
}

type Variables = Readonly<Record<string, string>>;

function withOwn(path: string, given: Variables, own: Variables): Variables {
  const twice = Object.keys(own).find((name) => name in given);
  if (twice === undefined) return { ...own, ...given };
  throw new Error(
    `${path}: environment.${twice} is set by the service itself, from port and termination. Set those instead.`,
  );
}

function checkReplicas(path: string, replicas: number): number {
  if (Number.isInteger(replicas) && replicas >= 0) return replicas;
  throw new Error(`${path}: replicas is ${replicas}; it is a whole number of pods, 0 or more.`);
}

function checkSeconds(path: string, property: string, seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 0) return seconds;
  throw new Error(`${path}: ${property} is ${seconds}; it is a whole number of seconds, 0 or more.`);
}

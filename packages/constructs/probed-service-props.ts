import type { ServiceDeclaration } from '@cafe-lumiere/contract';
import { type Autoscaler, checkAutoscaler } from './autoscaler.js';
import type { Configuration } from './configuration.js';
import { type Expose, toServicePort } from './expose.js';
import { checkExtraMetadata } from './extra-metadata.js';
import { checkImage } from './image-reference.js';
import type { ProbeTimings } from './probes.js';
import type { PodProps } from './pod-props.js';
import { checkTermination, type Termination } from './termination.js';
import type { SecretsProp, ValuesProp } from './values.js';

/** Where and how a declared service runs. */
export type ProbedServiceProps<Declaration extends ServiceDeclaration = ServiceDeclaration> = CommonProps &
  ValuesProp<Declaration> &
  SecretsProp<Declaration>;

/** What every service may say, whatever it reads. */
export interface CommonProps extends PodProps {
  /**
   * The name of its objects and its host name, for a second instance of one declaration.
   * @default - the declaration's
   */
  readonly name?: string;
  /** The image, with a tag or digest. */
  readonly image: string;
  /** The ConfigMap and Secret that the service's edges fill, in its namespace. */
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
  /**
   * Lets Kubernetes choose the number of pods; then `replicas` is not written, which each `kubectl apply` would set back.
   * @default - always `replicas`
   */
  readonly autoscaler?: Autoscaler;
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
  /**
   * Who may ask for metrics: all pods of one namespace, such as Prometheus'.
   * @default - the `monitoring` of the configuration
   */
  readonly scrapedFrom?: MetricsReader;
  /** Annotations of the ServiceAccount, by which clouds give pods a role. @default - none */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
}

/** A namespace, and the one port that it may ask. */
export interface MetricsReader {
  readonly namespace: string;
  /** The name of a port, also of a sidecar. @default - operations, or of a foreign service its own */
  readonly port?: string;
}

/** The props with every default filled in. */
export interface ResolvedProps {
  readonly configuration: Configuration;
  readonly image: string;
  readonly expose: Expose;
  readonly replicas: number;
  readonly autoscaler: Autoscaler | undefined;
  readonly probes: ProbeTimings;
  readonly termination: Required<Termination>;
  readonly minReadySeconds: number;
  readonly lostNodeSeconds: number;
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
}

/** Checks the props and fills in the defaults. @throws Error that names the construct, the prop and the value */
export function resolveProps(path: string, port: number, props: CommonProps): ResolvedProps {
  const { autoscaler } = props;
  if (autoscaler && props.replicas !== undefined) {
    throw new Error(
      `${path}: replicas is ${props.replicas}, and there is an autoscaler, which sets that number itself. Take one of them out.`,
    );
  }
  return {
    configuration: props.configuration,
    image: checkImage(path, props.image),
    expose: toServicePort(path, port, props.expose),
    replicas: checkReplicas(path, props.replicas ?? 2),
    autoscaler: autoscaler && checkAutoscaler(path, autoscaler),
    probes: props.probes ?? {},
    termination: checkTermination(path, props.termination),
    minReadySeconds: props.minReadySeconds ?? 5,
    lostNodeSeconds: checkSeconds(path, 'lostNodeSeconds', props.lostNodeSeconds ?? 30),
    serviceAccountAnnotations: checkExtraMetadata(path, 'serviceAccountAnnotations', {
      annotations: props.serviceAccountAnnotations ?? {},
    }).annotations,
  };
}

function checkReplicas(path: string, replicas: number): number {
  if (Number.isInteger(replicas) && replicas >= 0) return replicas;
  throw new Error(`${path}: replicas is ${replicas}; it is a whole number of pods, 0 or more.`);
}

function checkSeconds(path: string, property: string, seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 0) return seconds;
  throw new Error(`${path}: ${property} is ${seconds}; it is a whole number of seconds, 0 or more.`);
}

import { EXTERNAL } from '@cafe-lumiere/contract';
import { type ApiObjectMetadata, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import type { ConnectingPods, DeclaredService } from './declared-service.js';
import { deferred, deferredIfAny } from './deferred.js';
import { ifAny } from './if-any.js';
import type * as k8s from './k8s.js';
import { checkDnsLabel } from './names.js';
import { PodNetworkPolicy } from './pod-network-policy.js';
import { type PodProps, type ResolvedPodProps, resolvePodProps } from './pod-props.js';
import { gateTimeoutSeconds, toPodSpec } from './pod-spec.js';
import type { ProbedService } from './probed-service.js';

/** How a job of a service's program runs. What is not said of its pods is the service's, but for containers beside it. */
export interface JobProps extends PodProps {
  /** The program, which must end: the image's own is the server. */
  readonly command: readonly [string, ...string[]];
  /**
   * What follows a run that fails: a new pod, so that the log of the failed one stays, or the same pod again.
   * @default 'Never'
   */
  readonly restartPolicy?: 'Never' | 'OnFailure';
  /**
   * Runs that may fail until the job has.
   * @default 3
   */
  readonly backoffLimit?: number;
  /**
   * When the job is ended, however it stands. What its gate waits for a store is part of it.
   * @default 1 hour
   */
  readonly activeDeadline?: Duration;
  /**
   * When the job is deleted after its end. Where a controller applies the manifests again and again, it then runs anew.
   * @default - it stays
   */
  readonly ttlAfterFinished?: Duration;
}

const INHERITED = [
  'resources',
  'securityContext',
  'volumes',
  'tmp',
  'nodeSelector',
  'priorityClass',
  'tolerations',
  'imagePullSecrets',
  'metadata',
  'podMetadata',
] as const satisfies readonly (keyof PodProps)[];

/** A service that may have jobs. */
export type JobOwner = Construct &
  DeclaredService &
  Pick<ProbedService, 'joinedBy' | 'podParts' | 'externalObjects'>;

/**
 * The pods of a job: the image, variables and gate of a service, and its connections, with labels and a policy of their
 * own, so that neither its Service nor its disruption budget selects them.
 */
export abstract class JobPods extends Construct implements ConnectingPods {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly policy: PodNetworkPolicy;
  readonly maximumReplicas = 1;
  protected readonly spec: k8s.JobSpec;
  protected readonly objectMetadata: ApiObjectMetadata;
  protected readonly props: ResolvedPodProps;

  constructor(
    protected readonly service: JobOwner,
    id: string,
    given: JobProps,
    /** Pods that a run which is still ending has besides. */
    readonly surge: 0 | 1,
  ) {
    super(service, id);
    const { path } = this.node;
    this.name = checkDnsLabel(path, id);
    this.namespace = service.namespace;
    this.podLabels = { app: this.name };
    const { name, podLabels } = this;
    this.policy = new PodNetworkPolicy(this, 'NetworkPolicy', { name, podLabels, dns: service.policy.dns });
    this.props = resolvePodProps(path, name, service.declaration, {
      ...inherited(service.joinedBy(this)),
      ...given,
    });
    const { restartPolicy = 'Never', backoffLimit = 3, ttlAfterFinished } = given;
    if (!Number.isInteger(backoffLimit) || backoffLimit < 0) {
      throw new Error(`${path}: backoffLimit is ${backoffLimit}; it is a whole number of runs, 0 or more.`);
    }
    const deadline = (given.activeDeadline ?? Duration.hours(1)).toSeconds();
    this.node.addValidation({ validate: () => this.problems(deadline) });
    const podSpec = (): k8s.PodSpec => ({
      ...toPodSpec({ ...service.podParts, name }, this.props),
      restartPolicy,
    });
    this.objectMetadata = {
      name,
      labels: podLabels,
      annotations: { [EXTERNAL]: deferredIfAny(() => service.externalObjects(podSpec())) },
    };
    this.spec = {
      backoffLimit,
      activeDeadlineSeconds: deadline,
      ...(ttlAfterFinished ? { ttlSecondsAfterFinished: ttlAfterFinished.toSeconds() } : {}),
      template: {
        // No checksum of the configuration, by which a service's pods roll: a Job's template can never be changed.
        metadata: {
          labels: { ...this.props.podMetadata.labels, ...podLabels, 'app.kubernetes.io/name': name },
          ...ifAny('annotations', this.props.podMetadata.annotations),
        },
        spec: deferred(podSpec),
      },
    };
  }

  private problems(deadline: number): string[] {
    const gate = gateTimeoutSeconds(this.service.podParts.stores);
    return deadline > gate
      ? []
      : [
          `${this.node.path}: activeDeadline is ${deadline} s, and its gate may wait for a store for ${gate} s. Make it longer, or the gateTimeout of connects(…) shorter.`,
        ];
  }
}

/** What a job takes over from its service: not the containers beside it, nor the volumes that only those have. */
function inherited(given: PodProps): PodProps {
  const mounted = Object.entries(given.volumes ?? {}).filter(([, { mountPath }]) => mountPath !== undefined);
  const all = { ...given, volumes: Object.fromEntries(mounted) };
  return Object.fromEntries(
    INHERITED.flatMap((prop) => (all[prop] === undefined ? [] : [[prop, all[prop]]])),
  );
}

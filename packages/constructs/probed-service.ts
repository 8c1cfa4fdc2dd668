import {
  CLIENT_TIMEOUT,
  containerPortsOf,
  EXTERNAL,
  PORT_NAMES,
  READINESS_REACHES,
  type ServiceDeclaration,
} from '@cafe-lumiere/contract';
import { type ApiObject, Chart } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { toAutoscalerSpec } from './autoscaler.js';
import { metricsPortOf } from './metrics-port.js';
import { toContainerPorts } from './container.js';
import type { ConnectingPods, DeclaredService } from './declared-service.js';
import { deferred, deferredIfAny } from './deferred.js';
import type { Address, EnvironmentVariable } from './environment-variable.js';
import type { Expose } from './expose.js';
import { externalObjects } from './external-objects.js';
import { addExtraMetadata } from './extra-metadata.js';
import { ifAny } from './if-any.js';
import * as k8s from './k8s.js';
import { checkDnsLabel } from './names.js';
import { type Peer, PodNetworkPolicy } from './pod-network-policy.js';
import { type PodProps, type ResolvedPodProps, resolvePodProps } from './pod-props.js';
import { type PodParts, toPodSpec } from './pod-spec.js';
import {
  type MetricsReader,
  type ProbedServiceProps,
  type ResolvedProps,
  resolveProps,
} from './probed-service-props.js';
import { toProbes } from './probes.js';
import { type CallName, ServiceEdge, type ServiceEdgeOptions } from './service-edge.js';
import { toAffinity, toTopologySpread } from './spread.js';
import type { Store } from './store.js';
import { StoreEdge, type StoreEdgeOptions } from './store-edge.js';
import { gracePeriod } from './termination.js';
import { tolerateLostNode } from './tolerations.js';
import { unfilledVariables } from './unfilled-variables.js';
import { toSecrets, toValues } from './values.js';

/** Pods that a rollout adds at a time. */
const SURGE = 1;

/**
 * A stateless service: Deployment, Service, ServiceAccount, PodDisruptionBudget and NetworkPolicy, with the probes of its
 * declaration, that rolls without losing a request.
 *
 * Its connections are declared with {@link calls} and {@link connects}; nothing else tells it a host name, and what its
 * declaration reads and nobody fills does not synthesize.
 */
export class ProbedService<Declaration extends ServiceDeclaration = ServiceDeclaration>
  extends Construct
  implements DeclaredService
{
  /** Deployment, Service, `app` label and host name. */
  readonly name: string;
  readonly namespace: string | undefined;
  /** The labels that select the pods, and nothing else: a Deployment's selector can never be changed. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** The TCP port that the container listens on. */
  readonly port: number;
  /** Pods that a store must have connections for. */
  readonly maximumReplicas: number;
  readonly surge = SURGE;
  readonly policy: PodNetworkPolicy;
  private readonly deployment: ApiObject;
  private readonly ownVariables: readonly EnvironmentVariable[];
  private readonly serviceEdges: ServiceEdge[] = [];
  private readonly storeEdges: StoreEdge[] = [];
  private readonly props: ResolvedProps;
  private readonly podProps: ResolvedPodProps;
  /** Whose connections the edges open: the service's own pods, and those of its jobs. */
  private readonly connecting: ConnectingPods[] = [this];

  constructor(
    scope: Construct,
    readonly declaration: Declaration,
    private readonly given: ProbedServiceProps<Declaration>,
  ) {
    super(scope, given.name ?? declaration.name);
    this.name = checkDnsLabel(this.node.path, given.name ?? declaration.name);
    this.namespace = Chart.of(this).namespace;
    this.port = declaration.port;
    const props = (this.props = resolveProps(this.node.path, this.port, given));
    this.podProps = resolvePodProps(this.node.path, this.name, declaration, given);
    this.checkNamespace();
    const { autoscaler } = props;
    const { podMetadata } = this.podProps;
    this.maximumReplicas = autoscaler?.maxReplicas ?? props.replicas;
    this.podLabels = { app: this.name };
    this.ownVariables = [
      ...runtimeVariables(declaration, props),
      ...this.traceVariables(),
      ...toValues(this.node.path, declaration, given.values),
      ...toSecrets(this.node.path, declaration, given.secrets),
    ];
    this.node.addValidation({
      validate: () => unfilledVariables(declaration, this.variables(), this.storeEdges),
    });

    new k8s.KubeServiceAccount(this, 'ServiceAccount', {
      metadata: { name: this.name, annotations: props.serviceAccountAnnotations },
      automountServiceAccountToken: false,
    });
    const { name, podLabels } = this;
    this.policy = new PodNetworkPolicy(this, 'NetworkPolicy', {
      name,
      podLabels,
      dns: props.configuration.dns,
    });
    this.admitScraping();
    if (declaration.runtime) props.configuration.traces?.admit(this.policy);
    if (props.expose.type === 'LoadBalancer') this.policy.allowFromAnywhere(this.port);
    new k8s.KubeService(this, 'Service', {
      metadata: { name: this.name, labels: this.podLabels },
      spec: {
        type: props.expose.type,
        selector: this.podLabels,
        ports: [
          servicePort(PORT_NAMES.own, props.expose.port),
          ...Object.entries(declaration.ports).map(([name, port]) => servicePort(name, port)),
        ],
      },
    });
    new k8s.KubePodDisruptionBudget(this, 'PodDisruptionBudget', {
      metadata: { name: this.name },
      spec: {
        // Not minAvailable: with one replica that would block a node's drain for ever.
        maxUnavailable: 1,
        selector: { matchLabels: this.podLabels },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
    if (autoscaler) {
      new k8s.KubeHorizontalPodAutoscaler(this, 'HorizontalPodAutoscaler', {
        metadata: { name: this.name },
        spec: toAutoscalerSpec(this.name, autoscaler),
      });
    }
    const { clientTimeout } = props.expose;
    this.deployment = new k8s.KubeDeployment(this, 'Resource', {
      metadata: {
        name: this.name,
        labels: this.podLabels,
        ...(clientTimeout
          ? { annotations: { [CLIENT_TIMEOUT]: String(clientTimeout.toMilliseconds()) } }
          : {}),
      },
      spec: {
        ...(autoscaler ? {} : { replicas: props.replicas }),
        revisionHistoryLimit: 5,
        minReadySeconds: props.minReadySeconds,
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxSurge: SURGE, maxUnavailable: 0 },
        },
        selector: { matchLabels: this.podLabels },
        template: {
          metadata: deferred(() => ({
            labels: { ...podMetadata.labels, ...podLabels, 'app.kubernetes.io/name': name },
            ...ifAny('annotations', {
              ...podMetadata.annotations,
              ...props.configuration.checksums(this.variables()),
            }),
          })),
          spec: deferred(() => this.podSpec()),
        },
      },
    });
    const external = deferredIfAny(() => this.externalObjects(this.podSpec()));
    this.deployment.metadata.addAnnotation(EXTERNAL, external);
    addExtraMetadata(this, this.podProps.metadata);
  }

  /** Every service below a construct, in the order in which they were made. */
  static within(scope: IConstruct): DeclaredService[] {
    return scope.node.findAll().filter((construct) => construct instanceof ProbedService);
  }

  get expose(): Expose {
    return this.props.expose;
  }

  get edges(): readonly (ServiceEdge | StoreEdge)[] {
    return [...this.serviceEdges, ...this.storeEdges];
  }

  addressFor({ namespace }: Peer, name?: string): Address {
    const foreign = namespace !== this.namespace && this.namespace !== undefined;
    const port = name === undefined ? this.props.expose.port : this.containerPort(name);
    return { host: foreign ? `${this.name}.${this.namespace}` : this.name, port };
  }

  containerPort(name: string = PORT_NAMES.own): number {
    const port = name === PORT_NAMES.own ? this.port : this.declaration.ports[name];
    if (port !== undefined) return port;
    const names = [PORT_NAMES.own, ...Object.keys(this.declaration.ports)].join(', ');
    throw new Error(`${this.node.path}: there is no port "${name}"; its declaration has: ${names}.`);
  }

  /** Declares that this service calls another one: its address and deadline in the environment, policies on both ends. */
  calls<Call extends CallName<Declaration>>(
    callee: DeclaredService,
    options: ServiceEdgeOptions<Declaration, Call>,
  ): void {
    const filled = this.serviceEdges.find(({ env }) => env === options.env);
    if (filled) {
      throw new Error(
        `${this.node.path}: ${options.env} is filled by a call to ${filled.callee.name} already, and one to ${callee.name} was added. Declare another variable for it.`,
      );
    }
    const edge = new ServiceEdge(this, callee, this.props.configuration, options);
    this.serviceEdges.push(edge);
    for (const pods of this.connecting) edge.admit(pods);
  }

  /**
   * Declares that this service keeps its data in a store: the variables of its declaration, a gate in front of its start,
   * policies on both ends, and its share of the store's connections.
   */
  connects(
    store: keyof Declaration['stores'] extends never ? never : Store,
    options: StoreEdgeOptions<keyof Declaration['stores'] & string> = {},
  ): void {
    const { configuration } = this.props;
    const taken = new Set(this.storeEdges.map(({ prefix }) => prefix));
    const edge = new StoreEdge(this, store, configuration, options, taken);
    this.storeEdges.push(edge);
    for (const pods of this.connecting) edge.admit(pods);
    // What the manifest says to the checks; not on the pod template, where a change would restart pods.
    const { metadata } = this.deployment;
    metadata.addAnnotation(READINESS_REACHES, this.storeEdges.map((edge) => edge.store.name).join(', '));
  }

  /** What the pods of this service's program run, for a job of it. */
  get podParts(): PodParts {
    const { termination, lostNodeSeconds, image } = this.props;
    return {
      name: this.name,
      image,
      declaration: this.declaration,
      serviceAccount: this.name,
      variables: this.variables(),
      stores: this.storeEdges,
      gracePeriodSeconds: gracePeriod(termination),
      lostNode: tolerateLostNode(lostNodeSeconds),
    };
  }

  /** Lets the pods of a job connect wherever this service does, and will. @returns what it said of its own pods */
  joinedBy(pods: ConnectingPods): PodProps {
    this.connecting.push(pods);
    for (const edge of this.edges) edge.admit(pods);
    return this.given;
  }

  /** What these pods need of the cluster and the manifests do not have, as the checks read it. */
  externalObjects(pod: k8s.PodSpec): string | undefined {
    return externalObjects(pod, this.props.configuration.objects()).join(', ') || undefined;
  }

  environmentAt(addressOf: (target: DeclaredService | Store) => Address): Record<string, string> {
    return {
      ...Object.fromEntries(
        this.ownVariables.flatMap((variable) =>
          'value' in variable ? [[variable.name, variable.value]] : [],
        ),
      ),
      ...mergedOf(this.serviceEdges.map((edge) => edge.environmentAt(addressOf(edge.callee)))),
      ...mergedOf(this.storeEdges.map((edge) => edge.environmentAt(addressOf(edge.store)))),
    };
  }

  private traceVariables(): EnvironmentVariable[] {
    const { configuration } = this.props;
    if (!this.declaration.runtime || !configuration.traces) return [];
    return Object.entries(configuration.traces.variables).map(([variable, value]) =>
      configuration.add(this.name, variable, value),
    );
  }

  private checkNamespace(): void {
    const { configuration } = this.props;
    if (configuration.namespace === this.namespace) return;
    throw new Error(
      `${this.node.path}: its configuration ${configuration.configMapName} is in the namespace ${configuration.namespace ?? 'that kubectl uses'}, and a pod reads only ConfigMaps of its own, ${this.namespace ?? 'that kubectl uses'}. Make a Configuration in this chart.`,
    );
  }

  private variables(): readonly EnvironmentVariable[] {
    return [
      ...this.ownVariables,
      ...this.serviceEdges.flatMap((edge) => edge.variables),
      ...this.storeEdges.flatMap((edge) => edge.variables),
    ];
  }

  private podSpec(): k8s.PodSpec {
    const { declaration, podLabels } = this;
    return {
      ...toPodSpec(this.podParts, this.podProps, {
        ports: toContainerPorts(containerPortsOf(declaration)),
        ...toProbes(declaration, this.props.probes),
      }),
      affinity: toAffinity(podLabels),
      topologySpreadConstraints: toTopologySpread(podLabels),
    };
  }

  /** Of a program that is not on the runtime nobody knows where its metrics are, and what else is on that port. */
  private monitoring(): MetricsReader | undefined {
    const { monitoring: namespace } = this.props.configuration;
    return namespace === undefined || this.declaration.operationsPort === undefined
      ? undefined
      : { namespace };
  }

  private admitScraping(): void {
    const reader = this.given.scrapedFrom ?? this.monitoring();
    if (reader === undefined) return;
    const { namespace, port = metricsPortOf(this.declaration) } = reader;
    const sidecars = Object.values(this.podProps.sidecars).map(({ ports }) => ports ?? {});
    const ports = mergedOf<number>([containerPortsOf(this.declaration), ...sidecars]);
    const number = ports[port];
    if (number === undefined) {
      throw new Error(
        `${this.node.path}: scrapedFrom asks the port "${port}"; its pods have: ${Object.keys(ports).join(', ')}.`,
      );
    }
    this.policy.allowFromNamespace(checkDnsLabel(this.node.path, namespace), number);
  }
}

/** What the runtime is told besides what the service itself reads; a program that is not on it is told nothing. */
const runtimeVariables = (
  { port, operationsPort }: ServiceDeclaration,
  { termination }: ResolvedProps,
): EnvironmentVariable[] =>
  operationsPort === undefined
    ? []
    : [
        { name: 'PORT', value: String(port) },
        { name: 'OPERATIONS_PORT', value: String(operationsPort) },
        { name: 'DRAIN_SECONDS', value: String(termination.drainSeconds) },
        { name: 'IN_FLIGHT_SECONDS', value: String(termination.inFlightSeconds) },
      ];

const servicePort = (name: string, port: number): k8s.ServicePort => ({
  name,
  port,
  protocol: 'TCP',
  targetPort: name,
});

const mergedOf = <Value>(records: readonly Readonly<Record<string, Value>>[]): Record<string, Value> =>
  Object.fromEntries(records.flatMap((record) => Object.entries(record)));

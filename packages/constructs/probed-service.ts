import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { EXTERNAL, READINESS_REACHES } from '@cafe-lumiere/checks';
import { deferred, deferredList } from './deferred.js';
import { type Address, type EnvironmentVariable, toEnvVar } from './environment-variable.js';
import type { Expose } from './expose.js';
import { checkDnsLabel } from './names.js';
import { type Peer, PodNetworkPolicy } from './pod-network-policy.js';
import { type ProbedServiceProps, type ResolvedProps, resolveProps } from './probed-service-props.js';
import { toProbes } from './probes.js';
import { toResourceRequirements } from './resources.js';
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from './restricted.js';
import { ServiceEdge, type ServiceEdgeOptions } from './service-edge.js';
import { toAffinity, toTopologySpread } from './spread.js';
import type { Store } from './store.js';
import { StoreEdge, type StoreEdgeOptions } from './store-edge.js';
import { gracePeriod } from './termination.js';
import { tolerateLostNode } from './tolerations.js';

/**
 * A stateless HTTP service: Deployment, Service, ServiceAccount, PodDisruptionBudget and NetworkPolicy, with start,
 * readiness and liveness probes on paths of their own, that rolls without losing a request.
 *
 * Its connections are declared with {@link calls} and {@link connects}; nothing else tells it a host name.
 */
export class ProbedService extends Construct implements Peer {
  /** Deployment, Service, `app` label and host name. */
  readonly name: string;
  /** The labels that select the pods, and nothing else: a Deployment's selector can never be changed. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** The TCP port that the container listens on. */
  readonly port: number;
  readonly replicas: number;
  readonly policy: PodNetworkPolicy;
  private readonly deployment: ApiObject;
  private readonly ownVariables: readonly EnvironmentVariable[];
  private readonly serviceEdges: ServiceEdge[] = [];
  private readonly storeEdges: StoreEdge[] = [];

  private readonly props: ResolvedProps;

  constructor(scope: Construct, id: string, given: ProbedServiceProps) {
    super(scope, id);
    this.name = checkDnsLabel(this.node.path, id);
    const props = (this.props = resolveProps(this.node.path, given));
    this.port = props.port;
    this.replicas = props.replicas;
    this.podLabels = { app: this.name };
    this.ownVariables = [
      ...toVariables(props.environment),
      ...Object.entries(props.optionalSecrets).map(
        ([name, secret]) => ({ name, from: 'optionalSecret', secret }) as const,
      ),
    ];

    new k8s.KubeServiceAccount(this, 'ServiceAccount', {
      metadata: { name: this.name },
      automountServiceAccountToken: false,
    });
    this.policy = new PodNetworkPolicy(this, 'NetworkPolicy', this);
    if (props.expose.type === 'LoadBalancer') this.policy.allowFromAnywhere(this.port);
    new k8s.KubeService(this, 'Service', {
      metadata: { name: this.name, labels: { ...this.podLabels } },
      spec: {
        type: props.expose.type,
        selector: { ...this.podLabels },
        ports: [
          {
            name: 'http',
            port: props.expose.port,
            protocol: 'TCP',
            targetPort: k8s.IntOrString.fromString('http'),
          },
        ],
      },
    });
    new k8s.KubePodDisruptionBudget(this, 'PodDisruptionBudget', {
      metadata: { name: this.name },
      spec: {
        // Not minAvailable: with one replica that would block a node's drain for ever.
        maxUnavailable: k8s.IntOrString.fromNumber(1),
        selector: { matchLabels: { ...this.podLabels } },
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
    this.deployment = new k8s.KubeDeployment(this, 'Resource', {
      metadata: { name: this.name, labels: { ...this.podLabels } },
      spec: {
        replicas: this.replicas,
        revisionHistoryLimit: 5,
        minReadySeconds: props.minReadySeconds,
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: {
            maxSurge: k8s.IntOrString.fromNumber(1),
            maxUnavailable: k8s.IntOrString.fromNumber(0),
          },
        },
        selector: { matchLabels: { ...this.podLabels } },
        template: {
          metadata: {
            labels: { ...this.podLabels, 'app.kubernetes.io/name': this.name },
            annotations: deferred(() => this.checksums()),
          },
          spec: {
            serviceAccountName: this.name,
            automountServiceAccountToken: false,
            // Service-link variables such as ORDER_SERVICE_PORT=tcp://… would stand in for ours.
            enableServiceLinks: false,
            terminationGracePeriodSeconds: gracePeriod(props.termination),
            securityContext: RESTRICTED_POD,
            affinity: toAffinity(this.podLabels),
            topologySpreadConstraints: toTopologySpread(this.podLabels),
            tolerations: tolerateLostNode(props.lostNodeSeconds),
            volumes: deferredList(() => this.storeEdges.flatMap(({ volumes }) => volumes)),
            initContainers: deferredList(() => this.storeEdges.map((edge) => this.gate(edge))),
            containers: [
              {
                ...this.container(this.name, () => this.variables()),
                ports: [{ name: 'http', containerPort: this.port, protocol: 'TCP' }],
                ...toProbes(props.probes),
              },
            ],
          },
        },
      },
    });
  }

  /** How others reach this service. */
  get expose(): Expose {
    return this.props.expose;
  }

  /** What was declared with {@link calls} and {@link connects}, in that order. */
  get edges(): readonly (ServiceEdge | StoreEdge)[] {
    return [...this.serviceEdges, ...this.storeEdges];
  }

  /** Where the callers inside the cluster find this service. */
  get clusterAddress(): Address {
    return { host: this.name, port: this.props.expose.port };
  }

  /** Declares that this service calls another one: URL and deadline in its environment, policies on both ends. */
  calls(callee: ProbedService, options: ServiceEdgeOptions): void {
    this.serviceEdges.push(new ServiceEdge(this, callee, this.props.configuration, options));
  }

  /**
   * Declares that this service keeps its data in a store: `DB_*` in its environment, a gate in front of its start,
   * policies on both ends, and its share of the store's connections.
   */
  connects(store: Store, options: StoreEdgeOptions = {}): void {
    const { configuration } = this.props;
    this.storeEdges.push(new StoreEdge(this, store, configuration, options));
    // What the manifest says to `cafe check`; not on the pod template, where a change would restart pods.
    const { metadata } = this.deployment;
    metadata.addAnnotation(READINESS_REACHES, this.storeEdges.map((edge) => edge.store.name).join(', '));
    if (store.developmentPassword === undefined) {
      metadata.addAnnotation(EXTERNAL, `Secret/${configuration.secretName}`);
    }
  }

  /**
   * Every variable with its plain value, for a run without a cluster.
   *
   * @param addressOf - where each service and store listens there
   */
  environmentAt(addressOf: (target: ProbedService | Store) => Address): Record<string, string> {
    const own = this.ownVariables.flatMap((variable) =>
      variable.from === 'value' ? [[variable.name, variable.value] as const] : [],
    );
    return Object.assign(
      Object.fromEntries(own),
      ...this.serviceEdges.map((edge) => edge.environmentAt(addressOf(edge.callee))),
      ...this.storeEdges.map((edge) => edge.environmentAt(addressOf(edge.store))),
    ) as Record<string, string>;
  }

  private variables(): EnvironmentVariable[] {
    return [
      ...this.ownVariables,
      ...this.serviceEdges.flatMap((edge) => edge.variables),
      ...this.storeEdges.flatMap((edge) => edge.variables),
    ];
  }

  private checksums(): Record<string, string> {
    const { configuration } = this.props;
    const checksum = (kind: 'configMap' | 'secret', name: string): Record<string, string> => {
      const keys = this.variables().filter(({ from }) => from === kind);
      const hash = configuration.checksum(
        kind,
        keys.map((variable) => variable.name),
      );
      return hash === undefined ? {} : { [`checksum/${name}`]: hash };
    };
    return {
      ...checksum('configMap', configuration.configMapName),
      ...checksum('secret', configuration.secretName),
    };
  }

  private gate(edge: StoreEdge): k8s.Container {
    return {
      ...this.container('wait-for-postgres', () => edge.gateVariables),
      command: ['node', 'wait-for-postgres.js'],
    };
  }

  private container(name: string, variables: () => readonly EnvironmentVariable[]): k8s.Container {
    return {
      name,
      image: this.props.image,
      // A tag is a version and a digest is exact: what is on the node is right, and a registry that is away stops nobody.
      imagePullPolicy: 'IfNotPresent',
      env: deferred(() => variables().map((variable) => toEnvVar(variable, this.props.configuration))),
      resources: toResourceRequirements(this.props.resources),
      securityContext: RESTRICTED_CONTAINER,
      terminationMessagePolicy: 'FallbackToLogsOnError',
      volumeMounts: deferredList(() => this.storeEdges.flatMap(({ volumeMounts }) => volumeMounts)),
    };
  }
}

const toVariables = (values: Readonly<Record<string, string>>): EnvironmentVariable[] =>
  Object.entries(values).map(([name, value]) => ({ name, from: 'value', value }));

import type { z } from 'zod';
import { isRecord, type Manifest } from './manifest.js';
import type { MadeObjects } from './made-objects.js';
import { PodIndex } from './pod-index.js';
import type { UnknownRelease } from './release.js';
import { instancesOf, toCloudNativePgCluster } from './cloudnative-pg.js';
import { KINDS, type LabelSelector, type PodSpec, type WorkloadSpec } from './schemas.js';

/** An object whose fields have been read with the types of its kind. */
export type Typed<Kind extends keyof typeof KINDS> = Manifest & {
  readonly typed: z.output<(typeof KINDS)[Kind]>;
};

/** What makes pods: a Deployment, StatefulSet, …, a custom resource with a template of pods, or a Pod of its own. */
export interface Workload extends Manifest {
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
  /** Where the pod's spec stands inside the object, such as `spec.template.spec`. */
  readonly podPath: string;
  readonly selector: LabelSelector | undefined;
  /** Everything else that a kind with a template has. A Pod has none. */
  readonly spec: WorkloadSpec | undefined;
}

/** Whether its pods are kept running; those of a Job end. */
export const runsForever = ({ kind }: Pick<Workload, 'kind'>): boolean =>
  kind !== 'Job' && kind !== 'CronJob';

/** A field that the API server refuses because of its type. */
export interface InvalidField {
  readonly manifest: Manifest;
  readonly path: readonly PropertyKey[];
  /** What the schema says of it. */
  readonly problem: string;
}

const TEMPLATED = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);
/** The API groups of the kinds that are read by name; a kind of the same name in another group is somebody else's. */
const GROUPS =
  /^(?:v1|apps\/.*|batch\/.*|policy\/.*|autoscaling\/.*|extensions\/.*|networking\.k8s\.io\/.*)$/;
/** A test of Helm's runs for seconds, when somebody asks for it: nothing relies on its pods. */
const isHelmTest = ({ annotations }: Manifest): boolean =>
  /(?:^|,)\s*test\b/.test(annotations['helm.sh/hook'] ?? '');
/** So many fields of one object are named; the others are mostly of the same mistake. */
const LISTED_FIELDS = 3;
const READ = new Set<string>(
  Object.keys(KINDS).filter((kind) => !['Workload', 'Binding', 'Route', 'Monitor'].includes(kind)),
);

/** All objects together, with an index for each question that the checks ask: every answer is a look-up. */
export class Cluster {
  readonly workloads: Workload[] = [];
  readonly namespaces: Typed<'Namespace'>[] = [];
  readonly services = new Map<string, Typed<'Service'>>();
  readonly configMaps = new Map<string, Typed<'ConfigMap'>>();
  readonly secrets = new Map<string, Typed<'Secret'>>();
  readonly policies: Typed<'NetworkPolicy'>[] = [];
  readonly budgets: Typed<'PodDisruptionBudget'>[] = [];
  readonly autoscalers: Typed<'HorizontalPodAutoscaler'>[] = [];
  readonly ingresses: Typed<'Ingress'>[] = [];
  readonly bindings: Typed<'Binding'>[] = [];
  readonly routes: Typed<'Route'>[] = [];
  readonly monitors: Typed<'Monitor'>[] = [];
  readonly invalidFields: InvalidField[] = [];
  readonly pods: PodIndex;
  private readonly present = new Map<string, Manifest>();

  /**
   * @param manifests - every object, with its namespace
   * @param makes - what controllers make besides what {@link MADE_OBJECTS} says
   * @param unknownReleases - what is installed of charts that nobody has read
   */
  constructor(
    readonly manifests: readonly Manifest[],
    readonly makes: MadeObjects = {},
    private readonly unknownReleases: readonly UnknownRelease[] = [],
  ) {
    // The last one of a name wins, as in an apply.
    const last = new Map<string, Manifest>();
    for (const manifest of manifests) {
      this.present.set(keyOf(manifest), manifest);
      last.set(groupKeyOf(manifest), manifest);
    }
    for (const manifest of manifests) {
      if (manifest.name === '' || last.get(groupKeyOf(manifest)) === manifest) this.read(manifest);
    }
    this.pods = new PodIndex(this.workloads);
  }

  /** The object of this kind, namespace and name. */
  find(kind: string, namespace: string, name: string): Manifest | undefined {
    return this.present.get(keyOf({ kind, namespace, name }));
  }

  /** Whether a chart that nobody has read may make an object of this name. */
  mayBeOfRelease(namespace: string, name: string): boolean {
    return this.unknownReleases.some(
      (release) =>
        (release.namespace ?? namespace) === namespace && `${name}-`.startsWith(`${release.name}-`),
    );
  }

  private read(manifest: Manifest): void {
    const { apiVersion, kind, namespace, name } = manifest;
    const key = `${namespace}/${name}`;
    if (/^(?:Cluster)?RoleBinding$/.test(kind) && apiVersion.startsWith('rbac.authorization.k8s.io/')) {
      this.with(manifest, KINDS.Binding, (typed) => this.bindings.push({ ...manifest, typed }));
    } else if (
      /^(?:HTTP|GRPC|TLS|TCP|UDP)Route$/.test(kind) &&
      apiVersion.startsWith('gateway.networking.k8s.io/')
    ) {
      this.with(manifest, KINDS.Route, (typed) => this.routes.push({ ...manifest, typed }));
    } else if (/^(?:Service|Pod)Monitor$/.test(kind) && apiVersion.startsWith('monitoring.coreos.com/')) {
      this.with(manifest, KINDS.Monitor, (typed) => this.monitors.push({ ...manifest, typed }));
    } else if (!GROUPS.test(apiVersion)) this.readForeign(manifest);
    else if (isHelmTest(manifest) && (kind === 'Pod' || TEMPLATED.has(kind))) return;
    else if (TEMPLATED.has(kind)) this.readWorkload(manifest, KINDS.Workload, (typed) => typed.spec);
    else if (kind === 'CronJob') {
      this.readWorkload(manifest, KINDS.CronJob, (typed) => typed.spec.jobTemplate.spec);
    } else if (kind === 'Pod') {
      this.with(manifest, KINDS.Pod, ({ metadata, spec }) => {
        this.workloads.push({
          ...manifest,
          podLabels: metadata.labels,
          podAnnotations: metadata.annotations,
          pod: spec,
          podPath: 'spec',
          selector: undefined,
          spec: undefined,
        });
      });
    } else if (!READ.has(kind)) this.readForeign(manifest);
    else if (kind === 'Namespace') {
      this.with(manifest, KINDS.Namespace, (typed) => this.namespaces.push({ ...manifest, typed }));
    } else if (kind === 'Service') {
      this.with(manifest, KINDS.Service, (typed) => this.services.set(key, { ...manifest, typed }));
    } else if (kind === 'ConfigMap') {
      this.with(manifest, KINDS.ConfigMap, (typed) => this.configMaps.set(key, { ...manifest, typed }));
    } else if (kind === 'Secret') {
      this.with(manifest, KINDS.Secret, (typed) => this.secrets.set(key, { ...manifest, typed }));
    } else if (kind === 'NetworkPolicy') {
      this.with(manifest, KINDS.NetworkPolicy, (typed) => this.policies.push({ ...manifest, typed }));
    } else if (kind === 'PodDisruptionBudget') {
      this.with(manifest, KINDS.PodDisruptionBudget, (typed) => this.budgets.push({ ...manifest, typed }));
    } else if (kind === 'HorizontalPodAutoscaler') {
      this.with(manifest, KINDS.HorizontalPodAutoscaler, (typed) =>
        this.autoscalers.push({ ...manifest, typed }),
      );
    } else if (kind === 'Ingress') {
      this.with(manifest, KINDS.Ingress, (typed) => this.ingresses.push({ ...manifest, typed }));
    }
  }

  /**
   * Pods of a Rollout, a ReplicationController, a DeploymentConfig: whatever has a template of pods, as far as it is one; and
   * those of a PostgreSQL that an operator runs.
   */
  private readForeign(manifest: Manifest): void {
    const postgres = toCloudNativePgCluster(manifest);
    if (postgres) {
      this.workloads.push({
        ...manifest,
        ...instancesOf(postgres),
        podAnnotations: {},
        podPath: 'spec',
        spec: undefined,
      });
      return;
    }
    const { spec } = manifest.content;
    if (!isRecord(spec) || !isRecord(spec['template']) || !isRecord(spec['template']['spec'])) return;
    const { selector } = spec;
    const isMap = isRecord(selector) && Object.values(selector).every((value) => typeof value === 'string');
    const parsed = KINDS.Workload.safeParse(
      isMap
        ? { ...manifest.content, spec: { ...spec, selector: { matchLabels: selector } } }
        : manifest.content,
      { jitless: true },
    );
    if (parsed.success) this.addWorkload(manifest, parsed.data.spec);
  }

  private readWorkload<Schema extends z.ZodType>(
    manifest: Manifest,
    schema: Schema,
    specOf: (typed: z.output<Schema>) => WorkloadSpec,
  ): void {
    this.with(manifest, schema, (typed) => {
      this.addWorkload(manifest, specOf(typed));
    });
  }

  private addWorkload(manifest: Manifest, spec: WorkloadSpec): void {
    this.workloads.push({
      ...manifest,
      podLabels: spec.template.metadata.labels,
      podAnnotations: spec.template.metadata.annotations,
      pod: spec.template.spec,
      podPath: manifest.kind === 'CronJob' ? 'spec.jobTemplate.spec.template.spec' : 'spec.template.spec',
      selector: spec.selector,
      spec,
    });
  }

  private with<Schema extends z.ZodType>(
    manifest: Manifest,
    schema: Schema,
    use: (typed: z.output<Schema>) => void,
  ): void {
    // A synth reads each kind a few times, and compiling a reader for it costs more than that; measured, also with thousands.
    const parsed = schema.safeParse(manifest.content, { jitless: true });
    if (parsed.success) use(parsed.data);
    else {
      for (const { path, message } of parsed.error.issues.slice(0, LISTED_FIELDS)) {
        this.invalidFields.push({ manifest, path, problem: message });
      }
    }
  }
}

const keyOf = ({ kind, namespace, name }: Pick<Manifest, 'kind' | 'namespace' | 'name'>): string =>
  `${kind} ${namespace}/${name}`;

/** Two kinds of one name are of two groups. */
const groupKeyOf = (manifest: Manifest): string =>
  `${manifest.apiVersion.split('/')[0] ?? ''} ${keyOf(manifest)}`;

import type { z } from 'zod';
import type { Manifest } from './manifest.js';
import { PodIndex } from './pod-index.js';
import { KINDS, type LabelSelector, type PodSpec, type WorkloadSpec } from './schemas.js';

/** An object whose fields have been read with the types of its kind. */
export type Typed<Kind extends keyof typeof KINDS> = Manifest & {
  readonly typed: z.output<(typeof KINDS)[Kind]>;
};

/** What makes pods: a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, or a Pod of its own. */
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
/** So many fields of one object are named; the others are mostly of the same mistake. */
const LISTED_FIELDS = 3;
const READ = new Set<string>(Object.keys(KINDS).filter((kind) => kind !== 'Workload'));

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
  readonly invalidFields: InvalidField[] = [];
  readonly pods: PodIndex;
  private readonly present = new Map<string, Manifest>();

  constructor(readonly manifests: readonly Manifest[]) {
    for (const manifest of manifests) {
      this.present.set(keyOf(manifest.kind, manifest.namespace, manifest.name), manifest);
      this.read(manifest);
    }
    this.pods = new PodIndex(this.workloads);
  }

  /** The object of this kind, namespace and name. */
  find(kind: string, namespace: string, name: string): Manifest | undefined {
    return this.present.get(keyOf(kind, namespace, name));
  }

  private read(manifest: Manifest): void {
    const { kind, namespace, name, content } = manifest;
    const key = `${namespace}/${name}`;
    if (TEMPLATED.has(kind)) this.readWorkload(manifest, KINDS.Workload, (typed) => typed.spec);
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
    } else if (!READ.has(kind)) return;
    else if (kind === 'Namespace') {
      this.with(manifest, KINDS.Namespace, (typed) => this.namespaces.push({ ...manifest, typed }));
    } else if (kind === 'Service') {
      this.with(manifest, KINDS.Service, (typed) => this.services.set(key, { ...manifest, typed }));
    } else if (kind === 'ConfigMap') {
      this.with(manifest, KINDS.ConfigMap, (typed) => this.configMaps.set(key, { ...manifest, typed }));
    } else if (kind === 'Secret') {
      this.with(manifest, KINDS.Secret, (typed) => this.secrets.set(key, { ...manifest, typed }));
    } else if (kind === 'NetworkPolicy' && String(content['apiVersion']).startsWith('networking.k8s.io/')) {
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

  private readWorkload<Schema extends z.ZodType>(
    manifest: Manifest,
    schema: Schema,
    specOf: (typed: z.output<Schema>) => WorkloadSpec,
  ): void {
    this.with(manifest, schema, (typed) => {
      const spec = specOf(typed);
      this.workloads.push({
        ...manifest,
        podLabels: spec.template.metadata.labels,
        podAnnotations: spec.template.metadata.annotations,
        pod: spec.template.spec,
        podPath: manifest.kind === 'CronJob' ? 'spec.jobTemplate.spec.template.spec' : 'spec.template.spec',
        selector: spec.selector,
        spec,
      });
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

const keyOf = (kind: string, namespace: string, name: string): string => `${kind} ${namespace}/${name}`;

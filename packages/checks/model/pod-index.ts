import { INSTANCE_LABELS } from './cloudnative-pg.js';
import type { Workload } from './cluster.js';
import { matches } from './label-selector.js';
import type { LabelSelector } from './schemas.js';

/** Labels that controllers put on the pods that they make, and whether a workload's pods may carry such a value. */
const MADE_LABELS: Readonly<Record<string, (workload: Workload, value: string) => boolean>> = {
  'statefulset.kubernetes.io/pod-name': ({ kind, name }, value) =>
    kind !== 'Deployment' && value.replace(/-\d+$/, '') === name,
  'apps.kubernetes.io/pod-index': ({ kind }) => kind !== 'Deployment',
  'pod-template-hash': ({ kind }) => kind !== 'Pod',
  'rollouts-pod-template-hash': ({ kind }) => kind === 'Rollout',
  'controller-revision-hash': ({ kind }) => kind === 'StatefulSet' || kind === 'DaemonSet',
  'pod-template-generation': ({ kind }) => kind === 'DaemonSet',
  'job-name': ({ kind, name }, value) => kind === 'CronJob' || (kind === 'Job' && name === value),
  'batch.kubernetes.io/job-name': ({ kind, name }, value) =>
    kind === 'CronJob' || (kind === 'Job' && name === value),
  ...Object.fromEntries(
    Object.entries(INSTANCE_LABELS).map(([label, values]) => [
      label,
      ({ podLabels }: Workload, value: string) =>
        'cnpg.io/cluster' in podLabels ? values.test(value) : podLabels[label] === value,
    ]),
  ),
};

/** Finds the workloads whose pods a selector picks, without looking at every one. */
export class PodIndex {
  private readonly byLabel = new Map<string, Workload[]>();
  private readonly byNamespace = new Map<string, Workload[]>();

  constructor(readonly workloads: readonly Workload[]) {
    for (const workload of workloads) {
      add(this.byNamespace, workload.namespace, workload);
      for (const [key, value] of Object.entries(workload.podLabels)) {
        add(this.byLabel, `${workload.namespace} ${key}=${value}`, workload);
      }
    }
  }

  /** All workloads of a namespace. */
  inNamespace(namespace: string): readonly Workload[] {
    return this.byNamespace.get(namespace) ?? [];
  }

  /** Those whose pods carry all these labels. */
  withLabels(namespace: string, labels: Readonly<Record<string, string>>): readonly Workload[] {
    return this.selectedBy(namespace, { matchLabels: { ...labels }, matchExpressions: [] });
  }

  /** Those whose pods the selector picks; an empty selector picks every pod of the namespace. */
  selectedBy(namespace: string, selector: LabelSelector): readonly Workload[] {
    const made = Object.keys(selector.matchLabels).filter((key) => Object.hasOwn(MADE_LABELS, key));
    if (made.length > 0) {
      const others = Object.entries(selector.matchLabels).filter(([key]) => !made.includes(key));
      const written = { ...selector, matchLabels: Object.fromEntries(others) };
      return this.selectedBy(namespace, written).filter((workload) =>
        made.every((key) => MADE_LABELS[key]?.(workload, selector.matchLabels[key] ?? '')),
      );
    }
    let candidates = this.inNamespace(namespace);
    for (const [key, value] of Object.entries(selector.matchLabels)) {
      const carriers = this.byLabel.get(`${namespace} ${key}=${value}`) ?? [];
      if (carriers.length < candidates.length) candidates = carriers;
    }
    return candidates.filter(({ podLabels }) => matches(selector, podLabels));
  }
}

function add(index: Map<string, Workload[]>, key: string, workload: Workload): void {
  const present = index.get(key);
  if (present) present.push(workload);
  else index.set(key, [workload]);
}

import type { Workload } from './cluster.js';
import { matches } from './label-selector.js';
import type { LabelSelector } from './schemas.js';

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

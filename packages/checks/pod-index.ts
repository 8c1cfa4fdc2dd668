import type { Workload } from './cluster.js';
import type { LabelSelector } from './objects.js';

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

/** Whether a label selector picks these labels; the rules of apimachinery's LabelSelectorAsSelector. */
export function matches(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value) &&
    selector.matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      if (operator === 'In') return value !== undefined && values.includes(value);
      return operator === 'NotIn' && (value === undefined || !values.includes(value));
    })
  );
}

/** A selector as one reads it: `app=web, tier in (a, b)`. */
export function selectorText({ matchLabels, matchExpressions }: LabelSelector): string {
  const terms = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }) => `${key} ${operator} ${values.join(',')}`.trim()),
  ];
  return terms.length === 0 ? 'every pod' : terms.join(', ');
}

function add(index: Map<string, Workload[]>, key: string, workload: Workload): void {
  const present = index.get(key);
  if (present) present.push(workload);
  else index.set(key, [workload]);
}

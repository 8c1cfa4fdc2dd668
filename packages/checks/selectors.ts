import type { Cluster, Workload } from './cluster.js';
import type { Finding } from './finding.js';
import { nearest } from './likely.js';
import { titleOf } from './manifest.js';
import { matches, selectorText } from './pod-index.js';
import { rolloutFinding as finding } from './rollout-finding.js';

/** Labels that change with a release: a selector that has one can never be applied again. */
const CHANGING =
  /^(?:app\.kubernetes\.io\/version|version|helm\.sh\/chart|chart|pod-template-hash|controller-revision-hash)$/;

/** A selector picks the pods of its own template, by labels that stay. */
export function selectors(workload: Workload): Finding[] {
  const { selector, podLabels, kind } = workload;
  if (!selector || kind === 'Job' || kind === 'CronJob') return [];
  const findings: Finding[] = [];
  if (!matches(selector, podLabels)) {
    findings.push(
      finding(workload, 'CAFE076', 'spec.selector', {
        found: selectorText(selector),
        expected: `labels that its own template carries: ${labelsText(podLabels)}; the API server refuses the object`,
        likely: nearest(selectorText(selector), [labelsText(podLabels)]),
        change: "make the selector and the template's labels agree",
      }),
    );
  }
  const changing = Object.keys(selector.matchLabels).find((key) => CHANGING.test(key));
  if (changing !== undefined) {
    findings.push(
      finding(workload, 'CAFE076', `spec.selector.matchLabels[${changing}]`, {
        found: `${changing}=${selector.matchLabels[changing] ?? ''}`,
        expected: 'labels that never change: a selector is immutable, so the next version cannot be applied',
        change: `take ${changing} out of the selector; it may stay on the template`,
      }),
    );
  }
  return findings;
}

/** Two workloads that select each other's pods kill them, each to reach its own number. */
export function overlaps(cluster: Cluster): Finding[] {
  return cluster.workloads.flatMap((workload): Finding[] => {
    const { selector, namespace, kind } = workload;
    if (!selector || kind === 'Job' || kind === 'CronJob') return [];
    const other = cluster.pods
      .selectedBy(namespace, selector)
      .find((each) => each !== workload && each.kind !== 'Job' && each.kind !== 'CronJob');
    if (!other) return [];
    return [
      finding(workload, 'CAFE076', 'spec.selector', {
        found: `${selectorText(selector)}, which also picks the pods of ${titleOf(other)}`,
        expected: 'labels that only its own pods carry',
        likely: `app=${workload.name}`,
        change: `add a label of its own to the selector and the template, such as app: ${workload.name}`,
      }),
    ];
  });
}

/** A Service over pods of different programs sends one in two requests to the wrong one. */
export function wideServices(cluster: Cluster): Finding[] {
  return [...cluster.services.values()].flatMap((service): Finding[] => {
    const { selector } = service.typed.spec;
    if (!selector || Object.keys(selector).length === 0) return [];
    const targets = cluster.pods
      .withLabels(service.namespace, selector)
      .filter(({ kind }) => kind !== 'Job' && kind !== 'CronJob');
    const [first, ...others] = targets;
    const stranger = first && others.find((each) => program(each) !== program(first));
    if (!first || !stranger) return [];
    return [
      {
        id: 'CAFE078',
        severity: 'error',
        object: titleOf(service),
        field: 'spec.selector',
        found: `${labelsText(selector)}, which picks ${targets.slice(0, 4).map(titleOf).join(' and ')}`,
        expected: 'labels of one program: these run different images, and requests for one reach the other',
        likely: cluster.find('Deployment', service.namespace, service.name)
          ? `app=${service.name}`
          : undefined,
        change: `select by a label that only one of them carries, such as app: ${service.name}`,
      },
    ];
  });
}

const program = ({ pod }: Workload): string =>
  pod.containers.map(({ image }) => image.replace(/[:@][^/]*$/, '')).join(' ');

const labelsText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ') || 'none';

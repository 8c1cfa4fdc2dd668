import type { Cluster, Typed } from '../../model/cluster.js';
import { labelsText, matches, picksEveryPod, selectorText } from '../../model/label-selector.js';
import { titleOf } from '../../model/manifest.js';
import { mayBeOfOperator } from '../../model/operator-pods.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';

/** A ServiceMonitor or PodMonitor picks something, by a port that it has: else there are no metrics, and no alert. */
export const monitorTarget = {
  id: 'CAFE079',
  severity: 'risk',
  title: 'A monitor that picks nothing, or a port that is not there',
  why: 'There are no metrics and nobody is told: an alert that has no data does not fire.',
  problems: (cluster) => cluster.monitors.flatMap((monitor) => problems(cluster, monitor)),
} as const satisfies Proof;

function problems(cluster: Cluster, monitor: Typed<'Monitor'>): Problem[] {
  const { selector, namespaceSelector, endpoints, podMetricsEndpoints } = monitor.typed.spec;
  const candidates = candidatesOf(cluster, monitor.kind).filter(
    ({ namespace }) =>
      namespaceSelector.any ||
      (namespaceSelector.matchNames.length === 0
        ? namespace === monitor.namespace
        : namespaceSelector.matchNames.includes(namespace)),
  );
  if (candidates.length === 0) return [];
  const object = titleOf(monitor);
  const picked = candidates.filter(({ labels }) => matches(selector, labels));
  if (picked.length === 0) {
    if (mayBeOfOperator(cluster, monitor.namespace, selector)) return [];
    const likely = nearest(
      selectorText(selector),
      candidates.flatMap(({ labels }) => {
        const keys = Object.keys(selector.matchLabels);
        return keys.every((key) => labels[key] !== undefined)
          ? [labelsText(Object.fromEntries(keys.map((key) => [key, labels[key] ?? ''])))]
          : [];
      }),
    );
    // Of all namespaces most are not here.
    if (picksEveryPod(selector) || (namespaceSelector.any && likely === undefined)) return [];
    return [
      {
        object,
        field: 'spec.selector',
        found: selectorText(selector),
        expected: `labels that some ${monitor.kind === 'PodMonitor' ? 'pods carry' : 'Service carries itself, not its selector'}; it picks none, so there are no metrics`,
        likely,
        change: `set the selector to ${likely ?? 'labels that are there'}, or label what it should pick`,
      },
    ];
  }
  return [...endpoints, ...podMetricsEndpoints].flatMap(({ port }): Problem[] => {
    const named = picked.flatMap(({ ports }) => ports);
    if (port === undefined || named.includes(port)) return [];
    const likely = nearest(port, named) ?? (named.length === 1 ? named[0] : undefined);
    return [
      {
        severity: namespaceSelector.any ? 'risk' : 'broken',
        object,
        field: `spec.${monitor.kind === 'PodMonitor' ? 'podMetricsEndpoints' : 'endpoints'}[].port`,
        found: port,
        expected: `the name of a port of what it picks: ${named.join(', ') || 'none has a name'}; a number is no name`,
        likely,
        change: `set the port to ${likely ?? 'one of those'}`,
      },
    ];
  });
}

interface Candidate {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
}

const candidatesOf = (cluster: Cluster, kind: string): readonly Candidate[] =>
  kind === 'PodMonitor'
    ? cluster.workloads.map(({ namespace, podLabels, pod }) => ({
        namespace,
        labels: podLabels,
        ports: pod.containers.flatMap(({ ports }) => ports.flatMap(({ name }) => name ?? [])),
      }))
    : [...cluster.services.values()].map(({ namespace, typed }) => ({
        namespace,
        labels: typed.metadata.labels,
        ports: typed.spec.ports.flatMap(({ name }) => name ?? []),
      }));

import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const podMonitor = z.object({
  kind: z.literal('PodMonitor'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    podMetricsEndpoints: z.array(z.object({ port: z.string() })).min(1),
  }),
});
const prometheusRule = z.object({
  kind: z.literal('PrometheusRule'),
  spec: z.object({ groups: z.array(z.record(z.string(), z.unknown())).min(1) }),
});

/** Which pods a Prometheus reads. */
export type PodMonitor = z.output<typeof podMonitor>;

/** What the café's manifests say to a Prometheus operator. */
export interface MonitoringManifests {
  readonly monitors: readonly PodMonitor[];
  /** As they are in a file of rules. */
  readonly groups: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Takes from manifests what is a Prometheus operator's. The rules of the database's chart are not there: they are for those
 * who ask for them, and read what kube-state-metrics and kubelets tell. Without kube-state-metrics `PostgresqlDown` would
 * always fire.
 *
 * @throws Error when it says nothing to one
 */
export function readMonitoring(manifests: string): MonitoringManifests {
  const documents = parseAllDocuments(manifests);
  const monitors = documents.flatMap((document) => podMonitor.safeParse(document.toJS()).data ?? []);
  const groups = documents.flatMap(
    (document) => prometheusRule.safeParse(document.toJS()).data?.spec.groups ?? [],
  );
  if (monitors.length === 0 || groups.length === 0) {
    throw new Error(
      `The manifests have ${monitors.length} PodMonitors and ${groups.length} groups of rules; there must be some of both. cdk8s/cafe.ts writes them where an environment has monitoring.operator.`,
    );
  }
  return { monitors, groups };
}

import { z } from 'zod';
import type { PodMonitor } from './manifests.js';

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        namespace: z.string(),
        labels: z.record(z.string(), z.string()).default({}),
      }),
      spec: z.object({
        containers: z.array(
          z.object({
            name: z.string(),
            ports: z.array(z.object({ name: z.string().optional(), containerPort: z.number() })).default([]),
          }),
        ),
      }),
      status: z.object({ phase: z.string().default(''), podIP: z.string().default('') }),
    }),
  ),
});

/** Addresses that are read, with labels for what they tell, as Prometheus reads them from a file. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The pods' addresses that the monitors name, with the labels that the Prometheus operator gives them. Pods that are not
 * ready, or ending, are read as well.
 *
 * Why not by Prometheus itself: Debian's does not know Kubernetes.
 *
 * @param pods - what `kubectl get pods -o json` prints
 */
export function targetsOf(monitors: readonly PodMonitor[], pods: string): readonly TargetGroup[] {
  const { items } = podList.parse(JSON.parse(pods));
  return monitors.flatMap(({ metadata: monitor, spec: { selector, podMetricsEndpoints } }) =>
    items
      .filter(({ metadata, status }) => {
        const chosen = Object.entries(selector.matchLabels).every(
          ([name, value]) => metadata.labels[name] === value,
        );
        return chosen && status.podIP !== '' && !['Succeeded', 'Failed'].includes(status.phase);
      })
      .flatMap(({ metadata: { name, namespace }, spec, status }) =>
        podMetricsEndpoints.flatMap(({ port }) =>
          spec.containers.flatMap((container) =>
            container.ports
              .filter((one) => one.name === port)
              .map(({ containerPort }) => ({
                targets: [`${status.podIP}:${containerPort}`],
                labels: {
                  job: `${namespace}/${monitor.name}`,
                  namespace,
                  pod: name,
                  container: container.name,
                  endpoint: port,
                },
              })),
          ),
        ),
      ),
  );
}

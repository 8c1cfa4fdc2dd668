import type { Workload } from '../../model/cluster.js';
import { containersOf } from '../../model/containers.js';
import { titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';

/** Where Prometheus' usual configuration looks for the port of a pod's metrics. */
const ANNOTATION = 'prometheus.io/port';

/** What scrapes a pod by its annotations asks a port that one of its containers declares. */
export const scrapePort = {
  id: 'CAFE037',
  severity: 'risk',
  title: 'Metrics are scraped from a port that is not declared',
  why: 'The target is down in Prometheus, or is not there at all; an alert on missing metrics fires, or one that needs them never does.',
  problems: (cluster) => {
    const ofPods = cluster.workloads.map((workload) =>
      problemsOf(
        workload.podAnnotations[ANNOTATION],
        [workload],
        titleOf(workload),
        `${workload.podPath.replace(/spec$/, 'metadata')}.annotations[${ANNOTATION}]`,
      ),
    );
    // Of a Service the annotation is about the port of its pods, too: Prometheus asks those.
    const ofServices = [...cluster.services.values()].map((service) => {
      const { selector } = service.typed.spec;
      const pods = selector ? cluster.pods.withLabels(service.namespace, selector) : [];
      const field = `metadata.annotations[${ANNOTATION}]`;
      return problemsOf(service.annotations[ANNOTATION], pods, titleOf(service), field);
    });
    return [...ofPods, ...ofServices].flat();
  },
} as const satisfies Proof;

function problemsOf(
  port: string | undefined,
  workloads: readonly Workload[],
  object: string,
  field: string,
): readonly Problem[] {
  const ports = workloads.flatMap(containersOf).flatMap(({ container }) => container.ports);
  // Without any declared port a number still works.
  if (port === undefined || ports.length === 0) return [];
  if (ports.some(({ containerPort }) => String(containerPort) === port)) return [];
  const named = ports.find(({ name }) => name === port)?.containerPort;
  const numbers = ports.map(({ containerPort }) => String(containerPort));
  const likely =
    named === undefined
      ? (nearest(port, numbers) ?? (numbers.length === 1 ? numbers[0] : undefined))
      : String(named);
  return [
    {
      object,
      field,
      found: port,
      expected: `the number of a port that its pods declare: ${numbers.join(', ')}`,
      likely,
      change: `set it to ${likely ?? 'a declared one'}; nobody sees an error, and the metrics of these pods are missing`,
    },
  ];
}

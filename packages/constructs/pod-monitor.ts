import { Construct } from 'constructs';
import { KubePodMonitor } from './cloudnative-pg-kinds.js';
import type { DeclaredService } from './declared-service.js';
import { metricsPortOf } from './metrics-port.js';

/** Whose metrics are read. */
export interface PodMonitorProps {
  /** A {@link ProbedService}, whose `scrapedFrom` or configuration admits the namespace of the Prometheus. */
  readonly service: Pick<DeclaredService, 'name' | 'podLabels' | 'declaration'>;
  /** By which the operator's Prometheus chooses its monitors, such as `release: monitoring`. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Tells the Prometheus operator to read the metrics of a service's pods, which no Service leads to. */
export class PodMonitor extends Construct {
  constructor(scope: Construct, id: string, { service, labels = {} }: PodMonitorProps) {
    super(scope, id);
    new KubePodMonitor(this, 'Resource', {
      metadata: { name: service.name, labels },
      spec: {
        selector: { matchLabels: service.podLabels },
        podMetricsEndpoints: [{ port: metricsPortOf(service.declaration) }],
      },
    });
  }
}

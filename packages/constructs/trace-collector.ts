import { RUNTIME_VARIABLES } from '@cafe-lumiere/contract';
import { checkNetworks } from './network.js';
import type { Peer, PodNetworkPolicy } from './pod-network-policy.js';

/** Who takes the traces of services on the runtime, by OTLP over HTTP: an OpenTelemetry collector, Tempo, Jaeger. */
export interface TraceCollector {
  /** Its address without `/v1/traces`, such as `http://collector.monitoring:4318`. */
  readonly endpoint: string;
  /** Who listens there: pods, or addresses outside the cluster. A network policy knows no names. */
  readonly at: Peer | { readonly networks: readonly string[] };
  /** The port of those who listen, where a Service has another one in front. @default - the endpoint's */
  readonly port?: number;
  /**
   * The share of clicks whose trace is recorded, 0 to 1.
   * @default 0.1
   */
  readonly share?: number;
}

/** What a configuration tells each service, and lets it do. */
export interface Traces {
  readonly variables: Readonly<Record<string, string>>;
  admit(policy: PodNetworkPolicy): void;
}

/** Fills in the defaults. @throws Error that names the construct and the value */
export function checkTraceCollector(path: string, collector: TraceCollector): Traces {
  const { endpoint, at, share = 0.1 } = collector;
  const variables = {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_SAMPLER_ARG: String(share),
  } as const;
  const properties = { OTEL_EXPORTER_OTLP_ENDPOINT: 'endpoint', OTEL_TRACES_SAMPLER_ARG: 'share' } as const;
  for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_TRACES_SAMPLER_ARG'] as const) {
    const reading = RUNTIME_VARIABLES[name].read(variables[name] || '""');
    if ('problem' in reading) throw new Error(`${path}: traces.${properties[name]} ${reading.problem}.`);
  }
  const { protocol, port: given } = new URL(endpoint);
  const port = collector.port ?? Number(given || (protocol === 'https:' ? 443 : 80));
  if ('networks' in at) checkNetworks(path, 'traces.at.networks', at.networks, endpoint);
  return {
    variables,
    admit: (policy) => {
      if ('networks' in at) policy.allowToNetworks(at.networks, port);
      else policy.allowTo(at, port);
    },
  };
}

import { type Address, addressesIn } from './addresses.js';
import type { Typed, Workload } from './cluster.js';
import { type ConfiguredContainer, configuredContainers } from './containers.js';
import { once } from './once.js';
import { type Resolution, resolve } from './resolution.js';
import type { Container } from './schemas.js';

/** One place where a container's configuration names a host, and what is there. */
export interface Connection extends ConfiguredContainer {
  readonly address: Address;
  readonly resolution: Resolution;
}

type ServicePort = Typed<'Service'>['typed']['spec']['ports'][number];

/** A connection that arrives: an edge of the graph, from a workload over a Service to the pods behind it. */
export interface Edge extends Connection {
  readonly service: Typed<'Service'>;
  readonly servicePort: ServicePort;
  readonly targets: readonly Workload[];
}

/** Every host that any container's configuration names. */
export const connections = once((cluster): readonly Connection[] =>
  configuredContainers(cluster).flatMap((configured) =>
    addressesIn(configured).map((address) => ({
      ...configured,
      address,
      resolution: resolve(cluster, configured.workload, address.host),
    })),
  ),
);

/** Those that arrive at a port of a Service. What does not arrive is a finding. */
export const edges = once((cluster): readonly Edge[] =>
  connections(cluster).flatMap((connection): Edge[] => {
    const { resolution, address } = connection;
    if (resolution.kind !== 'service') return [];
    const { service } = resolution;
    const { ports, selector } = service.typed.spec;
    const servicePort = ports.find(({ port }) => port === address.port) ?? onlyOne(ports, address);
    if (!servicePort || !selector) return [];
    return [
      { ...connection, service, servicePort, targets: cluster.pods.withLabels(service.namespace, selector) },
    ];
  }),
);

/** A container's port that a Service's port leads to, if it declares it. */
export function targetPort(
  { port, targetPort: target = port }: ServicePort,
  { pod }: Workload,
): { readonly container: Container; readonly number: number } | undefined {
  for (const container of pod.containers) {
    for (const { name, containerPort } of container.ports) {
      if (typeof target === 'number' ? containerPort === target : name === target) {
        return { container, number: containerPort };
      }
    }
  }
  return undefined;
}

const onlyOne = (ports: readonly ServicePort[], { port, portText }: Address): ServicePort | undefined =>
  port === undefined && portText === undefined && ports.length === 1 ? ports[0] : undefined;

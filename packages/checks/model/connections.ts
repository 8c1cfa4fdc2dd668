import { type Address, addressesIn } from './addresses.js';
import type { Cluster, Typed, Workload } from './cluster.js';
import { type ConfiguredContainer, configuredContainers } from './containers.js';
import { addressesInFiles } from './mounted-files.js';
import { isNearly } from './nearest-name.js';
import { once } from './once.js';
import { type Resolution, resolve } from './resolution.js';
import type { Container } from './schemas.js';

/** One place where a container's configuration names a host, and what is there. */
export interface Connection extends ConfiguredContainer {
  readonly address: Address;
  readonly resolution: Resolution;
}

/** A port of a Service. */
export type ServicePort = Typed<'Service'>['typed']['spec']['ports'][number];

/** A connection that arrives: an edge of the graph, from a workload over a Service to the pods behind it. */
export interface Edge extends Connection {
  readonly service: Typed<'Service'>;
  readonly servicePort: ServicePort;
  readonly targets: readonly Workload[];
}

/** Every host that any container's configuration names, as far as it is certain or known here. */
export const connections = once((cluster): readonly Connection[] =>
  configuredContainers(cluster).flatMap((configured) =>
    [...addressesIn(configured), ...addressesInFiles(cluster, configured)].flatMap(
      (address): Connection[] => {
        const resolution = resolve(cluster, configured.workload, address.host);
        return address.certain || isKnown(cluster, address, resolution)
          ? [{ ...configured, address, resolution }]
          : [];
      },
    ),
  ),
);

/**
 * What only looks like a host is one when it is a Service, or nearly one, or stands where an address is expected and its port
 * is a Service's.
 */
function isKnown(cluster: Cluster, { port, isExpected }: Address, resolution: Resolution): boolean {
  if (resolution.kind === 'service' || resolution.kind === 'made') return true;
  if (resolution.kind !== 'missing') return false;
  if (resolution.likely !== undefined) return true;
  const { names, ports } = servicesByNamespace(cluster).get(resolution.namespace) ?? NO_SERVICES;
  return (isExpected === true && port !== undefined && ports.has(port)) || isNearly(resolution.name, names);
}

interface KnownServices {
  readonly names: Set<string>;
  readonly ports: Set<number>;
}
const NO_SERVICES: KnownServices = { names: new Set(), ports: new Set() };

const servicesByNamespace = once((cluster) => {
  const known = new Map<string, KnownServices>();
  for (const { namespace, name, typed } of cluster.services.values()) {
    const here = known.get(namespace) ?? { names: new Set(), ports: new Set() };
    known.set(namespace, here);
    here.names.add(name);
    for (const { port } of typed.spec.ports) here.ports.add(port);
  }
  return known;
});

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

import { type Address, addressesIn } from './addresses.js';
import type { Cluster, Typed, Workload } from './cluster.js';
import { containersOf, environmentOf, type Variable } from './environment.js';
import type { Container } from './objects.js';
import { type Resolution, resolve } from './resolution.js';

/** A container, where it stands and what it is told. */
export interface Told {
  readonly workload: Workload;
  readonly list: string;
  readonly container: Container;
  readonly variables: ReadonlyMap<string, Variable>;
}

/** One place where a container is told to connect somewhere, and what is there. */
export interface Connection extends Told {
  readonly address: Address;
  readonly resolution: Resolution;
}

/** A connection that reaches a Service of these manifests and a port of it. */
export interface Edge extends Connection {
  readonly service: Typed<'Service'>;
  readonly servicePort: Typed<'Service'>['typed']['spec']['ports'][number];
  readonly targets: readonly Workload[];
}

/** Each container with its environment; made once for a cluster. */
export const toldContainers = once((cluster: Cluster): readonly Told[] =>
  cluster.workloads.flatMap((workload) =>
    containersOf(workload).map(({ list, container }) => ({
      workload,
      list,
      container,
      variables: environmentOf(cluster, workload, list, container),
    })),
  ),
);

/** Every address that any container is told, resolved. */
export const connections = once((cluster: Cluster): readonly Connection[] =>
  toldContainers(cluster).flatMap((told) =>
    addressesIn(told.variables, `${told.list}[${told.container.name}]`, told.container).map((address) => ({
      ...told,
      address,
      resolution: resolve(cluster, told.workload, address.host),
    })),
  ),
);

/** Those that arrive at pods. What does not arrive is a finding of `edges`. */
export const edgesOf = once((cluster: Cluster): readonly Edge[] =>
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
  { port, targetPort: target = port }: Edge['servicePort'],
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

const onlyOne = <Port>(ports: readonly Port[], { port, portText }: Address): Port | undefined =>
  port === undefined && portText === undefined && ports.length === 1 ? ports[0] : undefined;

function once<Result>(compute: (cluster: Cluster) => Result): (cluster: Cluster) => Result {
  const computed = new WeakMap<Cluster, { readonly result: Result }>();
  return (cluster) => {
    const known = computed.get(cluster);
    if (known) return known.result;
    const result = compute(cluster);
    computed.set(cluster, { result });
    return result;
  };
}

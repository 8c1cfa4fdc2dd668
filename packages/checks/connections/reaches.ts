import { isRecord, type Manifest, recordOf, titleOf } from '../model/manifest.js';
import type { Backend } from '../model/backends.js';
import type { Cluster, Typed, Workload } from '../model/cluster.js';
import { type Connection, connections, edges, type ServicePort, targetPort } from '../model/connections.js';
import type { PodPort } from '../model/network-policies.js';
import { once } from '../model/once.js';

/** What says that there is a connection: a variable, an argument, or a line of a file. */
export interface Origin {
  readonly name: string;
  /** Where its value stands: `ConfigMap shop/config, data.DB_HOST`. */
  readonly place: string;
}

/** Pods that connect to pods. */
export interface InnerReach {
  readonly kind: 'inside';
  readonly from: Workload;
  readonly to: Workload;
  readonly port: PodPort;
  /** The Services between them, with the port that is asked for. */
  readonly through: readonly string[];
  readonly by: readonly Origin[];
}

/** Somebody outside of the manifests, who connects to pods. */
export interface Entry {
  readonly kind: 'enters';
  readonly to: Workload;
  readonly port: PodPort;
  readonly through: readonly string[];
}

/** Pods that connect to what is not among the manifests, or to pods that a controller makes. */
export interface Exit {
  readonly kind: 'leaves';
  readonly from: Workload;
  readonly host: string;
  readonly port: number | undefined;
  /** The namespace of a Service that is not among the manifests, or that a controller makes. */
  readonly namespace: string | undefined;
  readonly by: readonly Origin[];
}

/** Pods that are told to connect to a Service which is not there, or has no such port or no pods. */
export interface LostReach {
  readonly kind: 'nowhere';
  readonly from: Workload;
  readonly host: string;
  readonly port: number | undefined;
  readonly by: readonly Origin[];
}

/** One connection that the manifests declare. */
export type Reach = InnerReach | Entry | Exit | LostReach;

/** The pod itself, and what is only listened on. */
const NOBODY = /^(?:localhost$|127\.|0\.0\.0\.0$|\[?::1?\]?$)/;

/** Everything that connects, each pair of ends and port once, with all that says so. */
export const reaches = once((cluster): readonly Reach[] => {
  const found = new Map<string, Reach>();
  for (const reach of [...inner(cluster), ...leaving(cluster), ...entering(cluster)]) {
    const key = keyOf(reach);
    const known = found.get(key);
    found.set(key, known ? joined(known, reach) : reach);
  }
  return [...found.values()];
});

function keyOf(reach: Reach): string {
  if (reach.kind === 'inside') {
    const { from, to, port } = reach;
    return `inside ${titleOf(from)} ${titleOf(to)} ${port.protocol} ${port.number}`;
  }
  if (reach.kind === 'enters')
    return `enters ${titleOf(reach.to)} ${reach.port.protocol} ${reach.port.number}`;
  return `${reach.kind} ${titleOf(reach.from)} ${reach.host} ${reach.port ?? ''}`;
}

/** Two of one key. */
function joined(one: Reach, other: Reach): Reach {
  const result = { ...one };
  if ('by' in result && 'by' in other) {
    const names = new Set(result.by.map(({ name }) => name));
    Object.assign(result, { by: [...result.by, ...other.by.filter(({ name }) => !names.has(name))] });
  }
  if ('through' in result && 'through' in other) {
    Object.assign(result, { through: [...new Set([...result.through, ...other.through])] });
  }
  return result;
}

function inner(cluster: Cluster): Reach[] {
  return edges(cluster).flatMap((edge) =>
    edge.targets.flatMap((to): Reach[] => {
      const port = podPort(edge.servicePort, to);
      const through = [`Service ${edge.service.name}:${edge.servicePort.port}`];
      return port ? [{ kind: 'inside', from: edge.workload, to, port, through, by: [originOf(edge)] }] : [];
    }),
  );
}

/** The port that packets carry behind a Service. */
function podPort(servicePort: ServicePort, to: Workload): PodPort | undefined {
  const found = targetPort(servicePort, to);
  const { port, targetPort: wanted = port, protocol } = servicePort;
  const number = found?.number ?? (typeof wanted === 'number' ? wanted : undefined);
  if (number === undefined) return undefined;
  return {
    number,
    protocol,
    name: found?.container.ports.find((each) => each.containerPort === number)?.name,
  };
}

const originOf = ({ address: { variable } }: Connection): Origin => ({
  name: variable.name,
  place: variable.origin,
});

function leaving(cluster: Cluster): Reach[] {
  const arriving = new Set(
    edges(cluster).flatMap(({ address, targets }) => (targets.length > 0 ? [address] : [])),
  );
  return connections(cluster).flatMap((connection): Reach[] => {
    const { workload: from, address, resolution } = connection;
    const { host, port } = address;
    if (arriving.has(address) || NOBODY.test(host)) return [];
    const by = [originOf(connection)];
    if (resolution.kind === 'foreign') {
      const namespace = /^[^.]+\.([^.]+)\.svc(?:\.|$)/.exec(host)?.[1];
      return [{ kind: 'leaves', from, host, port, namespace, by }];
    }
    if (resolution.kind === 'made') {
      const namespace = /^[^.]+\.([^.]+)/.exec(host)?.[1] ?? from.namespace;
      return [{ kind: 'leaves', from, host, port, namespace, by }];
    }
    // A Service without a selector leads to addresses that somebody else keeps.
    if (resolution.kind === 'service' && !resolution.service.typed.spec.selector) {
      return [{ kind: 'leaves', from, host, port, namespace: undefined, by }];
    }
    return [{ kind: 'nowhere', from, host, port, by }];
  });
}

function entering(cluster: Cluster): Reach[] {
  const through = (backend: Backend, name: string): Reach[] => {
    const service = cluster.services.get(`${backend.namespace}/${backend.name}`);
    return service ? toPods(cluster, service, backend.port, name) : [];
  };
  return [
    ...[...cluster.services.values()].flatMap((service) =>
      service.typed.spec.type === 'LoadBalancer' || service.typed.spec.type === 'NodePort'
        ? toPods(cluster, service, undefined, `${service.typed.spec.type} ${titleOf(service)}`)
        : [],
    ),
    ...cluster.ingresses.flatMap((ingress) => {
      const { defaultBackend, rules } = ingress.typed.spec;
      const backends = [
        defaultBackend,
        ...rules.flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
      ];
      return backends.flatMap((backend) => {
        const { name, port } = backend?.service ?? {};
        if (name === undefined) return [];
        return through(
          { namespace: ingress.namespace, name, port: port?.number ?? port?.name },
          titleOf(ingress),
        );
      });
    }),
    ...cluster.routes.flatMap((route) =>
      route.typed.spec.rules.flatMap(({ backendRefs }) =>
        backendRefs.flatMap(({ kind, name, namespace = route.namespace, port }) =>
          kind === 'Service' ? through({ namespace, name, port }, titleOf(route)) : [],
        ),
      ),
    ),
    ...cluster.manifests.flatMap((manifest) =>
      calledByApiServer(manifest).flatMap((backend) => through(backend, titleOf(manifest))),
    ),
  ];
}

function toPods(cluster: Cluster, service: Typed<'Service'>, wanted: Backend['port'], name: string): Reach[] {
  const { ports, selector } = service.typed.spec;
  if (!selector) return [];
  const asked = ports.filter((each) => wanted === undefined || each.port === wanted || each.name === wanted);
  return cluster.pods.withLabels(service.namespace, selector).flatMap((to) =>
    asked.flatMap((each): Reach[] => {
      const port = podPort(each, to);
      return port ? [{ kind: 'enters', to, port, through: [name] }] : [];
    }),
  );
}

/** The Services that the API server itself calls: webhooks, conversions and API services. */
function calledByApiServer({ kind, content }: Manifest): Backend[] {
  const spec = recordOf(content['spec']);
  const clients = /^(?:Validating|Mutating)WebhookConfiguration$/.test(kind)
    ? listOf(content['webhooks']).map((webhook) => within(webhook, 'clientConfig', 'service'))
    : kind === 'CustomResourceDefinition'
      ? [within(spec, 'conversion', 'webhook', 'clientConfig', 'service')]
      : kind === 'APIService'
        ? [spec['service']]
        : [];
  return clients.flatMap((client): Backend[] => {
    if (!isRecord(client)) return [];
    const { name, namespace, port } = client;
    return typeof name === 'string' && typeof namespace === 'string'
      ? [{ name, namespace, port: typeof port === 'number' ? port : undefined }]
      : [];
  });
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const within = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((at, step) => (isRecord(at) ? at[step] : undefined), value);

import { withHost } from './addresses.js';
import { connections, type Connection, targetPort } from './edges-of.js';
import type { Cluster, Typed } from './cluster.js';
import type { Finding } from './finding.js';
import { nearest } from './likely.js';
import { titleOf } from './manifest.js';
import type { Check } from './options.js';
import { releaseServiceFor } from './release-names.js';

/**
 * Each host, URL and port that a container is told leads to a Service, to a port of it, to a port that a container
 * declares, and to pods.
 */
export const edges: Check = (cluster, options) =>
  connections(cluster).flatMap((connection) => {
    const { resolution, address } = connection;
    if (address.portText !== undefined) return [unusablePort(connection, address.portText)];
    if (resolution.kind === 'foreign') return [];
    if (resolution.kind === 'service') return reach(cluster, connection, resolution.service);
    // The release's own proof says it better.
    if (releaseServiceFor(connection, options) !== undefined) return [];
    return [missingService(cluster, connection, resolution)];
  });

function missingService(
  cluster: Cluster,
  connection: Connection,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Finding {
  const here = [...cluster.services.values()].filter((service) => service.namespace === namespace);
  const elsewhere = [...cluster.services.values()].find((service) => service.name === name);
  const samePort = here.filter(({ typed }) =>
    typed.spec.ports.some(({ port }) => port === connection.address.port),
  );
  const near = nearest(
    name,
    here.map((service) => service.name),
  );
  const [byPort] = samePort;
  const [meant, why] =
    near !== undefined
      ? [near, 'whose name is nearest']
      : elsewhere
        ? [`${elsewhere.name}.${elsewhere.namespace}`, 'in the namespace where there is one']
        : byPort && samePort.length === 1
          ? [byPort.name, `the only Service with port ${connection.address.port ?? ''}`]
          : [undefined, ''];
  return finding(connection, 'CAFE001', {
    found: shown(connection),
    expected: `a Service of the namespace ${namespace || '(none)'}; there ${count(here.map((service) => service.name))}`,
    likely: meant === undefined ? undefined : `${meant}, ${why}`,
    change: `set ${connection.address.variable.kept} to ${meant === undefined ? 'the name of a Service' : withHost(connection.address, meant)}, or add a Service ${name}`,
  });
}

function reach(cluster: Cluster, connection: Connection, service: Typed<'Service'>): Finding[] {
  const { type, ports, selector } = service.typed.spec;
  if (type === 'ExternalName') return [];
  const { port } = connection.address;
  const servicePort =
    ports.find((candidate) => candidate.port === port) ?? (port === undefined ? ports[0] : undefined);
  const title = titleOf(service);
  const kept = connection.address.portVariable?.kept ?? connection.address.variable.kept;
  if (!servicePort) {
    // A headless Service translates nothing: every port of the pods is reached.
    if (service.typed.spec.clusterIP === 'None' && ports.length === 0) return [];
    const listed = ports.map((candidate) => String(candidate.port));
    const meantTarget = ports.find(({ targetPort: target }) => target === port);
    const likely = meantTarget
      ? `${meantTarget.port}: ${port ?? ''} is the container's port, callers use the Service's`
      : (nearest(String(port), listed) ?? (listed.length === 1 ? listed[0] : undefined));
    return [
      finding(connection, 'CAFE002', {
        field: connection.address.portVariable?.field ?? connection.address.variable.field,
        found: `port ${port ?? ''} of ${title}${port === undefined ? '' : ` (${shown(connection)})`}`,
        expected: `a port of that Service: ${listed.join(', ') || 'it has none'}`,
        likely,
        change: `set the port in ${kept} to ${likely?.split(':')[0] ?? 'one of those'}, or add port ${port ?? ''} to ${title}`,
      }),
    ];
  }
  if (!selector) return [];
  const targets = cluster.pods.withLabels(service.namespace, selector);
  if (targets.length === 0) return [];
  return [];
}

/** Each Service leads to pods, and each of its ports to one that a container there declares. */
export const services: Check = (cluster) =>
  [...cluster.services.values()].flatMap((service): Finding[] => {
    const { selector, ports, type } = service.typed.spec;
    if (!selector || Object.keys(selector).length === 0 || type === 'ExternalName') return [];
    const targets = cluster.pods.withLabels(service.namespace, selector);
    const written = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
    if (targets.length === 0) {
      const near = nearest(
        written.join(','),
        cluster.pods.inNamespace(service.namespace).flatMap(({ podLabels }) => {
          const labels = Object.keys(selector).flatMap((key) =>
            podLabels[key] === undefined ? [] : [`${key}=${podLabels[key]}`],
          );
          return labels.length === written.length ? [labels.join(',')] : [];
        }),
      );
      return [
        {
          id: 'CAFE004',
          severity: 'error',
          object: titleOf(service),
          field: 'spec.selector',
          found: written.join(', '),
          expected:
            'labels that the pods of some workload in the same namespace carry; these pick no pod, so every connection is refused',
          likely: near,
          change: `set spec.selector to ${near ?? "the labels of the pods' template"}`,
        },
      ];
    }
    return ports.flatMap((port): Finding[] => {
      const wanted = port.targetPort ?? port.port;
      const silent = targets.filter((workload) => !targetPort(port, workload));
      const [first] = silent;
      // Without any declared port a number still works; with some, a number that is none of them is a mistake.
      if (
        !first ||
        (typeof wanted === 'number' && first.pod.containers.every((each) => each.ports.length === 0))
      ) {
        return [];
      }
      const declared = first.pod.containers.flatMap((container) =>
        container.ports.map(({ name, containerPort }) =>
          typeof wanted === 'string' ? (name ?? '') : String(containerPort),
        ),
      );
      const likely = nearest(String(wanted), declared) ?? (declared.length === 1 ? declared[0] : undefined);
      return [
        {
          id: 'CAFE003',
          severity: 'error',
          object: titleOf(service),
          field: `spec.ports[${port.name ?? port.port}].targetPort`,
          found: String(wanted),
          expected: `a port that a container of ${titleOf(first)} declares: ${declared.join(', ') || 'it declares none'}`,
          likely,
          change: `set the targetPort to ${likely ?? 'a declared port'}, or declare ${wanted} in the container`,
        },
      ];
    });
  });

function unusablePort(connection: Connection, portText: string): Finding {
  const variable = connection.address.portVariable ?? connection.address.variable;
  return finding(connection, 'CAFE005', {
    field: variable.field,
    found: portText === '' ? 'no port behind the colon' : portText,
    expected: 'a whole number from 1 to 65535',
    likely: portText.startsWith('tcp://') ? portText.split(':').at(-1) : undefined,
    change: `set the port in ${variable.kept} to the number of the Service's port`,
  });
}

/** What was written; a Secret's value is not repeated, its host is. */
const shown = ({ address: { variable, host, port } }: Connection): string =>
  variable.secret
    ? `${host}${port === undefined ? '' : `:${port}`}`
    : `${variable.name}=${variable.value ?? ''}`;

const count = (names: readonly string[]): string =>
  names.length === 0
    ? 'is none'
    : names.length <= 8
      ? `are ${names.join(', ')}`
      : `are ${names.slice(0, 8).join(', ')} and ${names.length - 8} more`;

function finding(
  { workload, address }: Connection,
  id: Finding['id'],
  rest: Pick<Finding, 'found' | 'expected' | 'likely' | 'change'> & Partial<Pick<Finding, 'field'>>,
): Finding {
  return {
    id,
    severity: 'error',
    object: titleOf(workload),
    ...rest,
    field: `${workload.podPath}.${rest.field ?? address.variable.field}`,
  };
}

import type { Cluster, Workload } from './cluster.js';
import { configuredContainersOf, containersOf } from './containers.js';
import { mountedFiles } from './mounted-files.js';
import { once } from './once.js';
import type { Probe } from './schemas.js';
import { selectingServices } from './selecting-services.js';

/** Whether a number is that of a port. */
export const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

/** The port that a probe asks. */
export const portOf = ({ httpGet, tcpSocket, grpc }: Probe): number | string | undefined =>
  httpGet?.port ?? tcpSocket?.port ?? grpc?.port;

/**
 * Whether something besides `ports` says that a pod listens on a number: `containerPort` is information only. A Service and
 * a probe that agree on a number are right, whether it is declared or not.
 *
 * @param besides - which of them asks, and so is no witness
 */
export function seemsToListen(
  cluster: Cluster,
  workload: Workload,
  port: number,
  besides: 'probe' | 'service',
): boolean {
  return (
    (besides !== 'service' && portsOfServices(cluster).get(workload)?.has(port) === true) ||
    containersOf(workload).some(({ container }) => {
      const { startupProbe, readinessProbe, livenessProbe } = container;
      const probes = [startupProbe, readinessProbe, livenessProbe].map((probe) => probe && portOf(probe));
      return besides !== 'probe' && probes.includes(port);
    })
  );
}

/**
 * Whether a variable, an argument or a mounted file has the number: then the program probably listens there, and only does
 * not declare it.
 */
export function isWritten(cluster: Cluster, workload: Workload, port: number): boolean {
  const written = new RegExp(`(?<![\\d.])${port}(?![\\d.])`);
  return configuredContainersOf(cluster, workload).some((configured) => {
    const { env, command, args } = configured.container;
    return (
      env.some(({ value = '' }) => written.test(value)) ||
      [...command, ...args].some((word) => written.test(word)) ||
      mountedFiles(cluster, configured).some(({ text }) => written.test(text))
    );
  });
}

const portsOfServices = once((cluster): ReadonlyMap<Workload, ReadonlySet<number>> => {
  const ports = new Map<Workload, Set<number>>();
  for (const { service, targets } of selectingServices(cluster)) {
    for (const target of targets) {
      const known = ports.get(target) ?? new Set();
      ports.set(target, known);
      for (const { port, targetPort = port } of service.typed.spec.ports) {
        if (typeof targetPort === 'number') known.add(targetPort);
      }
    }
  }
  return ports;
});

import { edges } from '../../model/connections.js';
import { isRecord, titleOf } from '../../model/manifest.js';
import { LiveCluster, type LiveWorkload } from '../model/live-cluster.js';
import type { Live } from '../model/live-schemas.js';
import { containersOf } from '../model/pod-state.js';
import { DNS_NAMESPACE, DNS_SERVICE } from '../reading/kinds.js';
import type { Probe, Reading } from '../reading/reading.js';
import { ask, cpuTime, type ProbeOptions, type Socket } from './ask.js';

/** So many pods are asked from: one of each workload on each node, in the order of their names. */
const PODS = 36;
/** So many at once: each starts a program. */
const AT_ONCE = 6;
/**
 * Tries, from inside the pods, the names and connections that they are configured with. Nothing is written anywhere, unless an
 * image is given: then pods whose own image cannot try get a container of it.
 */
export async function probe(reading: Reading, options: ProbeOptions): Promise<readonly Probe[]> {
  const cluster = new LiveCluster(reading);
  const dns = cluster.endpointsOf(DNS_NAMESPACE, DNS_SERVICE).map(({ address }) => address);
  const waiting = sources(cluster).slice(0, PODS);
  const probes: Probe[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let source = waiting.shift(); source; source = waiting.shift()) {
        probes.push(await fromPod(cluster, source, options, dns));
      }
    }),
  );
  return probes.sort((left, right) => (left.pod < right.pod ? -1 : 1));
}

interface Source {
  readonly workload: LiveWorkload;
  readonly pod: Live<'Pod'>;
  readonly container: string;
  /** Those that run and have a CPU limit. */
  readonly limited: readonly string[];
}

/** One pod of each workload on each node, with a container that runs. */
function sources(cluster: LiveCluster): Source[] {
  return cluster.workloads.flatMap((workload) => {
    const byNode = new Map<string, Source>();
    for (const pod of workload.pods) {
      const running = containersOf(pod).filter(({ status }) => status.state.running);
      const container = (running.find(({ isInit }) => !isInit) ?? running[0])?.container.name;
      const node = pod.spec.nodeName ?? '';
      if (container === undefined || byNode.has(node)) continue;
      const limited = running.flatMap(({ container: { name, resources } }) =>
        resources.limits['cpu'] === undefined ? [] : [name],
      );
      byNode.set(node, { workload, pod, container, limited });
    }
    return [...byNode.values()];
  });
}

/** Each Service that a workload is configured with, and each pod behind it. */
function socketsOf(cluster: LiveCluster, workload: LiveWorkload): readonly Socket[] {
  const sockets = edges(cluster.declared).flatMap((edge): Socket[] => {
    if (titleOf(edge.workload) !== workload.title) return [];
    const { namespace, name } = edge.service;
    const service = titleOf(edge.service);
    const live = cluster.service(service);
    const { port, name: portName } = edge.servicePort;
    const http =
      (edge.address.variable.value ?? '').startsWith('http:') || /^http(?:-|$)/.test(portName ?? '');
    const behind = cluster.endpointsOf(namespace, name).flatMap((endpoint): Socket[] => {
      const number = endpoint.ports.find((each) => each.name === (portName ?? ''))?.port;
      return number === undefined || number === null
        ? []
        : [{ service, host: endpoint.address, port: number, http, pod: endpoint.pod, node: endpoint.node }];
    });
    const ip = live?.spec.clusterIP ?? '';
    return /^[\d.]+$/.test(ip) ? [{ service, host: ip, port, http, pod: '', node: '' }, ...behind] : behind;
  });
  return [...new Map(sockets.map((socket) => [`${socket.host}:${socket.port}`, socket])).values()];
}

async function fromPod(
  cluster: LiveCluster,
  { workload, pod, container, limited }: Source,
  options: ProbeOptions,
  dns: readonly string[],
): Promise<Probe> {
  const { namespace, name } = pod.metadata;
  const sockets = socketsOf(cluster, workload);
  const names = sockets.map(({ service }) => {
    const [place = '', own = ''] = service.replace(/^Service /, '').split('/');
    return `${own}.${place}.svc.cluster.local`;
  });
  const place = { namespace, pod: name, container, isRestricted: isRestricted(cluster, namespace) };
  const questions = {
    servers: dns,
    names: [...new Set(['kubernetes.default.svc.cluster.local', ...names])],
    sockets,
  };
  const [answers, ...cpu] = await Promise.all([
    ask(place, questions, options),
    ...limited.map((each) => cpuTime({ ...place, container: each }, options)),
  ]);
  return {
    workload: workload.title,
    namespace,
    pod: name,
    node: pod.spec.nodeName ?? '',
    cpu: cpu.filter(({ slices }) => slices > 0),
    ...answers,
  };
}

/** Whether the namespace takes only pods that may do next to nothing. */
function isRestricted(cluster: LiveCluster, namespace: string): boolean {
  const metadata = cluster.find('Namespace', '', namespace)?.['metadata'];
  const labels = isRecord(metadata) ? metadata['labels'] : undefined;
  return isRecord(labels) && labels['pod-security.kubernetes.io/enforce'] === 'restricted';
}

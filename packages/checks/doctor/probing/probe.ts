import { spawn } from 'node:child_process';
import { edges } from '../../model/connections.js';
import { titleOf } from '../../model/manifest.js';
import { LiveCluster, type LiveWorkload } from '../model/live-cluster.js';
import type { Live } from '../model/live-schemas.js';
import { DNS_NAMESPACE, DNS_SERVICE } from '../reading/kinds.js';
import type { Probe, ProbedSocket, Reading } from '../reading/reading.js';
import { NODE_PROGRAM, SHELL_PROGRAM } from './program.js';

/** So many pods are asked from: one of each workload on each node, in the order of their names. */
const PODS = 36;
/** So many at once: each starts a program. */
const AT_ONCE = 6;
/** What has not come by then was not probed. */
const EXEC_MILLISECONDS = 12_000;

/** A connection that is tried. */
type Socket = Omit<ProbedSocket, 'answer' | 'large'>;

/** Tries, from inside the pods, the names and connections that they are configured with. Nothing is written anywhere. */
export async function probe(reading: Reading, context: string | undefined): Promise<readonly Probe[]> {
  const cluster = new LiveCluster(reading);
  const dns = cluster.endpointsOf(DNS_NAMESPACE, DNS_SERVICE).map(({ address }) => address);
  const waiting = sources(cluster).slice(0, PODS);
  const probes: Probe[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let source = waiting.shift(); source; source = waiting.shift()) {
        probes.push(await fromPod(cluster, source, { context, dns }));
      }
    }),
  );
  return probes.sort((left, right) => (left.pod < right.pod ? -1 : 1));
}

interface Source {
  readonly workload: LiveWorkload;
  readonly pod: Live<'Pod'>;
  readonly container: string;
}

/** One pod of each workload on each node, with a container that runs. */
function sources(cluster: LiveCluster): Source[] {
  return cluster.workloads.flatMap((workload) => {
    const byNode = new Map<string, Source>();
    for (const pod of workload.pods) {
      const running = [...pod.status.containerStatuses, ...pod.status.initContainerStatuses].find(
        ({ state }) => state.running,
      );
      const node = pod.spec.nodeName ?? '';
      if (running && !byNode.has(node)) byNode.set(node, { workload, pod, container: running.name });
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
    const live = cluster.services.find(
      ({ metadata }) => titleOf({ kind: 'Service', ...metadata }) === service,
    );
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
  { workload, pod, container }: Source,
  { context, dns }: { readonly context: string | undefined; readonly dns: readonly string[] },
): Promise<Probe> {
  const { namespace, name } = pod.metadata;
  const sockets = socketsOf(cluster, workload);
  const names = [
    'kubernetes.default.svc.cluster.local',
    ...new Set(
      sockets.map(({ service }) => {
        const [place = '', own = ''] = service.replace(/^Service /, '').split('/');
        return `${own}.${place}.svc.cluster.local`;
      }),
    ),
  ];
  const from = { workload: workload.title, namespace, pod: name, node: pod.spec.nodeName ?? '' };
  const exec = [
    ...(context === undefined ? [] : ['--context', context]),
    ...['-n', namespace, 'exec', name, '-c', container, '--'],
  ];
  const startedAt = Date.now();
  const questions = JSON.stringify({ servers: dns, names, sockets });
  const byNode = await execute([...exec, 'node', '-e', NODE_PROGRAM, questions]);
  const read = byNode.code === 0 ? answersOf(byNode.output) : undefined;
  if (read) {
    const { now, names: answered, sockets: tried, logIns } = read;
    return {
      ...from,
      logIns,
      clock: { startedAt, endedAt: Date.now(), now },
      names: answered,
      sockets: sockets.map((socket, index) => ({ ...socket, ...(tried[index] ?? { answer: 'not tried' }) })),
    };
  }
  if (/forbidden/i.test(byNode.said)) {
    return {
      ...from,
      names: [],
      sockets: [],
      impossible: `the right is missing: create pods/exec -n ${namespace}`,
    };
  }
  const addresses = sockets.map(({ host, port }) => `${host}:${port}`);
  const byShell = await execute([...exec, 'sh', '-c', SHELL_PROGRAM, 'probe', ...addresses]);
  const said = new Map(byShell.output.split('\n').map((line) => line.split(/ (.*)/) as [string, string]));
  if (byShell.code !== 0 || [...said.values()].includes('unable')) {
    return {
      ...from,
      names: [],
      sockets: [],
      impossible: `the image of ${name} has no program that can try a connection; a pod beside it that has one decides it: kubectl -n ${namespace} debug ${name} --image=busybox -it -- nc -z HOST PORT`,
    };
  }
  return {
    ...from,
    names: [],
    sockets: sockets.map((socket) => ({
      ...socket,
      answer: said.get(`${socket.host}:${socket.port}`) ?? 'not tried',
    })),
  };
}

interface Answers {
  readonly now: number;
  readonly names: Probe['names'];
  readonly sockets: readonly Pick<ProbedSocket, 'answer' | 'large'>[];
  readonly logIns: NonNullable<Probe['logIns']>;
}

function answersOf(output: string): Answers | undefined {
  try {
    return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Answers;
  } catch {
    return undefined;
  }
}

function execute(
  words: readonly string[],
): Promise<{ readonly code: number; readonly output: string; readonly said: string }> {
  return new Promise((resolve) => {
    const child = spawn('kubectl', words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, said] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const limit = setTimeout(() => child.kill('SIGKILL'), EXEC_MILLISECONDS);
    const done = (code: number | null): void => {
      clearTimeout(limit);
      resolve({ code: code ?? 1, output, said });
    };
    child.once('error', () => {
      done(1);
    });
    child.once('close', done);
  });
}

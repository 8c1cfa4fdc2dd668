import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { diagnose } from '../diagnosis.js';
import { readBundle } from '../reading/bundle.js';
import type { Probe, ProbedSocket, Reading } from '../reading/reading.js';

// The two stories that the first system's users told: "it works only after several clicks" and "it works on one node only".
// A healthy shop, and what its pods would have been answered.

const HEALTHY = readBundle(fileURLToPath(new URL('../fixtures/healthy.json.gz', import.meta.url)));
const NAMESPACE = 'doctor-healthy';
const STORE = `Service ${NAMESPACE}/store`;
const NODES = ['worker-1', 'worker-2', 'worker-3'];
const DNS = [
  { addresses: ['10.0.1.53'], nodeName: 'worker-1', targetRef: { name: 'dns-a' } },
  { addresses: ['10.0.2.53'], nodeName: 'worker-2', targetRef: { name: 'dns-b' } },
];

interface Answering {
  readonly socket?: (from: string, to: string) => string;
  readonly large?: (from: string, to: string) => string;
  readonly name?: (from: string, server: string) => string;
  readonly seconds?: (node: string) => number;
}

/** A pod of the shop on each node asks two pods of the store, on the first two nodes. */
function told({ socket, large, name, seconds }: Answering): readonly string[] {
  const answers = () => 'answers';
  const probes = NODES.map((node): Probe => ({
    workload: `Deployment ${NAMESPACE}/web`,
    namespace: NAMESPACE,
    pod: `web-${node}`,
    node,
    clock: { startedAt: 1000, endedAt: 2000, now: 1500 + 1000 * (seconds?.(node) ?? 0) },
    names: DNS.map(({ addresses: [server = ''], nodeName }) => ({
      server,
      name: 'store',
      answer: (name ?? socket ?? answers)(node, nodeName),
    })),
    sockets: ['worker-1', 'worker-2'].map((to): ProbedSocket => ({
      service: STORE,
      host: `10.0.0.${to.slice(-1)}`,
      port: 80,
      http: true,
      pod: `store-${to}`,
      node: to,
      answer: (socket ?? answers)(node, to),
      large: (large ?? answers)(node, to),
    })),
  }));
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'dns',
      namespace: 'kube-system',
      labels: { 'kubernetes.io/service-name': 'kube-dns' },
    },
    addressType: 'IPv4',
    endpoints: DNS,
    ports: [],
  };
  const reading: Reading = {
    ...HEALTHY,
    objects: [
      ...HEALTHY.objects.filter(({ metadata }) => !JSON.stringify(metadata).includes('kube-dns')),
      slice,
    ],
    probes,
  };
  return diagnose(reading).roots.map(({ code, verdict, sentence }) => `${code} ${verdict}: ${sentence}`);
}

const between = (from: string, to: string) => (left: string, right: string) =>
  (left === from && right === to) || (left === to && right === from);

test('where everybody answers, nothing is named', () => {
  expect(told({})).toEqual([]);
});

test.each<[string, Answering, RegExp]>([
  [
    'works on one node only: a cut between two nodes',
    { socket: (from, to) => (between('worker-1', 'worker-2')(from, to) ? 'silent' : 'answers') },
    /^CAFE204 proven: pods on node worker-[12] get no answer from pods on node worker-[12], in both directions/,
  ],
  [
    'works on one node only: its link is cut',
    { socket: (from, to) => (from !== to && [from, to].includes('worker-2') ? 'silent' : 'answers') },
    /^CAFE204 proven: pods on node worker-2 and those on worker-1, worker-3 do not reach each other: it works only/,
  ],
  [
    'works on one node only: a way that is open in one direction',
    { socket: (from, to) => (from === 'worker-1' && to === 'worker-2' ? 'silent' : 'answers') },
    /^CAFE204 proven: .* in this direction only: worker-2 reaches worker-1/,
  ],
  [
    'works only after several clicks: one pod of two does not answer',
    { socket: (_from, to) => (to === 'worker-2' ? 'refused' : 'answers'), name: () => 'answers' },
    /^CAFE278 proven: Service doctor-healthy\/store leads to store-worker-2, .* refuses connections; 1 of its 2 pods does not answer: it works only after several clicks$/,
  ],
  [
    'large answers hang',
    { large: (from, to) => (from === to ? 'answers' : 'silent') },
    /^CAFE205 proven: large packets are lost on the way from .*worker-3 to worker-1/,
  ],
  [
    'DNS of one node',
    { name: (_from, server) => (server === 'worker-2' ? 'silent' : 'answers') },
    /^CAFE206 proven: DNS pod dns-b on node worker-2 does not answer anybody: every second name/,
  ],
  [
    'the clock of one node',
    { seconds: (node) => (node === 'worker-2' ? 40 : 0) },
    /^CAFE207 proven: the clock of node worker-2 is 40 s ahead$/,
  ],
])('%s', (_story, answering, sentence) => {
  expect(told(answering)).toEqual([expect.stringMatching(sentence)]);
});

import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Diagnosis, diagnose } from '../../packages/checks/doctor/diagnosis.js';
import { writeBundle } from '../../packages/checks/doctor/reading/bundle.js';
import { readCluster } from '../../packages/checks/doctor/reading/read-cluster.js';
import type { Reading } from '../../packages/checks/doctor/reading/reading.js';
import { attempt, run } from '../command.js';
import { Journal, must } from '../journal.js';
import { type Fault, FAULTS } from './faults.js';

// Faults, each in a namespace of its own on the cluster of KUBECONFIG, and what `cafe doctor` says of them.

const FIXTURES = fileURLToPath(new URL('../../packages/checks/doctor/fixtures', import.meta.url));
/** So many at once: a small cluster starts no more pods in time. */
const BATCH = 9;
/** How long a fault may take to show. */
const SECONDS = 170;

const words = process.argv.slice(2);
const isRecording = words.includes('--record');
const asked = words.filter((word) => !word.startsWith('--'));
const faults = asked.length === 0 ? FAULTS : FAULTS.filter(({ name }) => asked.includes(name));
const journal = new Journal();

for (let index = 0; index < faults.length; index += BATCH) {
  const batch = faults.slice(index, index + BATCH);
  journal.heading(batch.map(({ name }) => name).join(', '));
  try {
    await Promise.all(batch.map(inject));
    await Promise.all(
      batch.map((fault) => journal.step(fault.name, () => look(fault)).catch(() => undefined)),
    );
  } finally {
    await run(
      `kubectl delete validatingwebhookconfiguration,namespace ${batch.map(namespaceOf).join(' ')} --ignore-not-found --wait=false`,
    );
  }
}
process.exit(journal.close());

function namespaceOf({ name }: Fault): string {
  return `doctor-${name}`;
}

async function inject(fault: Fault): Promise<void> {
  const namespace = namespaceOf(fault);
  await run(`kubectl delete namespace ${namespace} --ignore-not-found --timeout=120s`);
  const labels = fault.security === undefined ? {} : { 'pod-security.kubernetes.io/enforce': fault.security };
  const stdin = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels },
  });
  await run('kubectl apply -f -', { stdin });
  // The account of a new namespace takes a moment.
  await attempt(`kubectl -n ${namespace} wait --for=create serviceaccount/default --timeout=60s`);
  const items = fault.objects(namespace);
  await run(`kubectl -n ${namespace} apply -f -`, {
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });
}

/** Asks until the expected roots are there, and these alone; a wrong *proven* is a failure at once. */
async function look(fault: Fault): Promise<void> {
  const namespace = namespaceOf(fault);
  const end = Date.now() + SECONDS * 1000;
  for (;;) {
    const reading = await readCluster({ context: undefined, namespaces: [namespace] });
    const diagnosis = diagnose(reading);
    mustNotBeWrong(fault, diagnosis);
    const isSettled = fault.roots.length > 0 || diagnosis.progress.length === 0;
    if (isSettled && isRight(fault, diagnosis)) {
      if (isRecording) record(fault, reading);
      if (fault.roots.length === 0) await rollOut(namespace);
      return;
    }
    must(Date.now() < end, `expected ${JSON.stringify(fault.roots)}, and it says:\n${told(diagnosis)}`);
    await sleep(4000);
  }
}

/** What is well is rolled out anew: at no moment of it is anything called a fault. */
async function rollOut(namespace: string): Promise<void> {
  await run(`kubectl -n ${namespace} rollout restart deployment`);
  const end = Date.now() + SECONDS * 1000;
  for (let looks = 1; ; looks += 1) {
    const diagnosis = diagnose(await readCluster({ context: undefined, namespaces: [namespace] }));
    must(diagnosis.roots.length === 0, `during a rollout, look ${looks}:\n${told(diagnosis)}`);
    const { code } = await attempt(`kubectl -n ${namespace} rollout status deployment --timeout=1s`);
    if (code === 0 && looks > 3) return;
    must(Date.now() < end, 'the rollout does not end');
  }
}

function isRight({ roots }: Fault, diagnosis: Diagnosis): boolean {
  return (
    diagnosis.roots.length === roots.length &&
    roots.every(([code, word]) =>
      diagnosis.roots.some((root) => root.code === code && root.sentence.includes(word)),
    )
  );
}

function mustNotBeWrong({ roots }: Fault, diagnosis: Diagnosis): void {
  const wrong = diagnosis.roots.find(
    ({ code, verdict }) => verdict === 'proven' && !roots.some(([expected]) => expected === code),
  );
  must(
    wrong === undefined,
    `${wrong?.code ?? ''} is called proven, and is not the cause:\n${told(diagnosis)}`,
  );
}

function told({ roots, progress }: Diagnosis): string {
  return [...roots.map(({ code, verdict, sentence }) => `${code} ${verdict}: ${sentence}`), ...progress].join(
    '\n',
  );
}

/** Keeps what was read for the unit tests: of the cluster's own objects only what a fault is about. */
function record(fault: Fault, reading: Reading): void {
  mkdirSync(FIXTURES, { recursive: true });
  const own = namespaceOf(fault);
  const objects = reading.objects
    .filter(({ kind, metadata }) => {
      const name = String((metadata as Readonly<Record<string, unknown>>)['name']);
      return !/^(?:Namespace|PersistentVolume|.*WebhookConfiguration)$/.test(String(kind)) || name === own;
    })
    .map((object) =>
      object['kind'] === 'StorageClass' ? { ...object, provisioner: 'example.com/volume' } : object,
    );
  writeBundle(`${FIXTURES}/${fault.name}.json.gz`, { ...reading, context: '', objects });
}

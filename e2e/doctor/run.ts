import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Diagnosis, diagnose } from '../../packages/checks/doctor/diagnosis.js';
import { probe } from '../../packages/checks/doctor/probing/probe.js';
import { writeBundle } from '../../packages/checks/doctor/reading/bundle.js';
import { readCluster } from '../../packages/checks/doctor/reading/read-cluster.js';
import type { Reading } from '../../packages/checks/doctor/reading/reading.js';
import { attempt, run } from '../command.js';
import { eventually, Journal, must } from '../journal.js';
import type { Fault } from './fault.js';
import { FAULTS } from './faults/index.js';
import { keep, type Result } from './results.js';

// Faults, each in a namespace of its own on the cluster of KUBECONFIG, and what `cafe doctor` says of them.

const FIXTURES = fileURLToPath(new URL('../../packages/checks/doctor/fixtures', import.meta.url));
/** So many at once: a small cluster starts no more pods in time. */
const BATCH = 14;
/** How long a fault may take to show. */
const SECONDS = 190;

const words = process.argv.slice(2);
const isRecording = words.includes('--record');
const asked = words.filter((word) => !word.startsWith('--'));
const faults = Object.entries(FAULTS).flatMap(([kind, all]) =>
  all.filter(({ name }) => asked.length === 0 || asked.includes(name) || asked.includes(kind)),
);
const journal = new Journal();
const results: Result[] = [];
let turn: Promise<unknown> = Promise.resolve();

for (const batch of batches(faults)) {
  journal.heading(batch.map(({ name }) => name).join(', '));
  // Nothing may stay cut, closed or without power, however this ends.
  const interrupted = (): void => {
    void end(batch).finally(() => process.exit(1));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    await Promise.all(
      batch.map((fault) =>
        journal
          .step(fault.name, async () => {
            await inject(fault);
            await look(fault);
          })
          .catch(() => undefined),
      ),
    );
  } finally {
    process.removeListener('SIGINT', interrupted).removeListener('SIGTERM', interrupted);
    await end(batch);
  }
}
process.exit(journal.close());

async function end(batch: readonly Fault[]): Promise<void> {
  for (const fault of batch) {
    for (const line of fault.restore ?? []) await commands(fault, [line]).catch(console.error);
  }
  await run(
    `kubectl delete validatingwebhookconfiguration,validatingadmissionpolicy,validatingadmissionpolicybinding,persistentvolume,namespace ${batch.map(namespaceOf).join(' ')} --ignore-not-found --wait=false`,
  );
  if (isRecording) await keep(results);
}

/** What is outside the namespaces belongs to everybody: such a fault is tried alone. */
function batches(all: readonly Fault[]): readonly (readonly Fault[])[] {
  const shared = all.filter(({ restore }) => restore === undefined);
  const count = Math.ceil(shared.length / BATCH);
  return [
    ...Array.from({ length: count }, (_, index) => shared.slice(index * BATCH, (index + 1) * BATCH)),
    ...all.filter(({ restore }) => restore !== undefined).map((fault) => [fault]),
  ];
}

/** Runs command lines in a fault's namespace. */
async function commands(fault: Fault, lines: readonly string[] = []): Promise<void> {
  const namespace = namespaceOf(fault);
  for (const line of lines) {
    await run(`kubectl() { command kubectl -n "$NAMESPACE" "$@"; }\n${line}`, {
      env: { NAMESPACE: namespace },
    });
  }
}

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
  await commands(fault, fault.before);
  const items = fault.objects(namespace);
  await run(`kubectl -n ${namespace} apply -f -`, {
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });
  await commands(fault, fault.then);
}

/** One after another: many at once take longer than the doctor's own limit. */
function readInTurn(namespace: string): Promise<Reading> {
  const read = turn.then(() =>
    eventually(60, () => readCluster({ context: undefined, namespaces: [namespace] })),
  );
  turn = read.catch(() => undefined);
  return read;
}

/** Asks until the expected roots are there, and these alone; a wrong *proven* is a failure at once. */
async function look(fault: Fault): Promise<void> {
  const namespace = namespaceOf(fault);
  const end = Date.now() + SECONDS * 1000;
  const expected = fault.roots.map(([code]) => code);
  for (;;) {
    const read = await readInTurn(namespace);
    const reading = fault.probe
      ? { ...read, probes: await probe(read, fault.probe === true ? {} : fault.probe) }
      : read;
    const diagnosis = diagnose(reading);
    const said = diagnosis.roots.map(({ code, verdict }) => `${code} ${verdict}`);
    // What is well has to be there first: an operator takes its time.
    const isThere = diagnosis.counts.pods > 0 && diagnosis.progress.length === 0;
    const right = isRight(fault, diagnosis) && (expected.length > 0 || isThere);
    const wrong = wronglyProven(fault, diagnosis);
    if (right || wrong !== undefined || Date.now() > end) {
      results.push({ name: fault.name, expected, said, right: right && wrong === undefined });
      if (isRecording && right) record(fault, reading);
    }
    if (wrong) {
      fail(`${wrong.code} is called proven, and is not the cause:\n${told(diagnosis)}`, namespace, reading);
    }
    if (right) {
      if (expected.length === 0) await rollOut(namespace);
      return;
    }
    if (Date.now() > end) {
      fail(`expected ${JSON.stringify(fault.roots)}, and it says:\n${told(diagnosis)}`, namespace, reading);
    }
    await sleep(4000);
  }
}

/** What is well is rolled out anew: at no moment of it is anything called a fault. */
async function rollOut(namespace: string): Promise<void> {
  await run(`kubectl -n ${namespace} rollout restart deployment,statefulset`);
  const end = Date.now() + SECONDS * 1000;
  for (let looks = 1; ; looks += 1) {
    const reading = await readInTurn(namespace);
    const diagnosis = diagnose(reading);
    if (diagnosis.roots.length > 0)
      fail(`during a rollout, look ${looks}:\n${told(diagnosis)}`, namespace, reading);
    const { code } = await attempt(
      `kubectl -n ${namespace} rollout status deployment,statefulset --timeout=1s`,
    );
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

function wronglyProven({ roots }: Fault, diagnosis: Diagnosis) {
  return diagnosis.roots.find(
    ({ code, verdict }) => verdict === 'proven' && !roots.some(([expected]) => expected === code),
  );
}

function told({ roots, progress }: Diagnosis): string {
  return [...roots.map(({ code, verdict, sentence }) => `${code} ${verdict}: ${sentence}`), ...progress].join(
    '\n',
  );
}

/** @throws Error that says where what a wrong answer was made of is kept */
function fail(message: string, name: string, reading: Reading): never {
  const file = join(tmpdir(), `${name}.json.gz`);
  writeBundle(file, reading);
  throw new Error(`${message}\nWhat was read: ${file}`);
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

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { diagnose } from '../../packages/checks/doctor/diagnosis.js';
import { readCluster } from '../../packages/checks/doctor/reading/read-cluster.js';
import { deleteNamespace, NAMESPACE, RELEASE } from '../cluster.js';
import { attempt, run } from '../command.js';
import { eventually, Journal, must } from '../journal.js';
import { prepare } from '../preparation.js';

// What people do to a healthy café, while `cafe doctor` is asked every two seconds: at no moment may it name a fault. And
// what it says to somebody with fewer rights, and how long it takes. On the cluster of KUBECONFIG; a café that is there is deleted.

const EVERY_MILLISECONDS = 2000;
const ROLLED_OUT = `kubectl -n ${NAMESPACE} rollout status deployment,statefulset --timeout=120s`;
const HELM = `helm upgrade --install ${RELEASE} dist/helm/postgresql --namespace ${NAMESPACE} --create-namespace --wait --timeout 5m`;

const PLANNED: readonly (readonly [string, string])[] = [
  ['the first deployment', `${HELM} && kubectl apply -f dist && ${ROLLED_OUT}`],
  ['a rollout of everything', `kubectl -n ${NAMESPACE} rollout restart deployment && ${ROLLED_OUT}`],
  [
    'helm upgrade that restarts the database',
    `kubectl -n ${NAMESPACE} rollout restart statefulset && ${HELM} && ${ROLLED_OUT}`,
  ],
  [
    'more and fewer replicas',
    `kubectl -n ${NAMESPACE} scale deployment/frontend --replicas=4 && ${ROLLED_OUT} && kubectl -n ${NAMESPACE} scale deployment/frontend --replicas=2 && ${ROLLED_OUT}`,
  ],
  [
    'a pod is deleted',
    `kubectl -n ${NAMESPACE} delete pod -l app=order-service --wait=false && sleep 3 && ${ROLLED_OUT}`,
  ],
  [
    'a node is drained and opened again',
    `node=$(kubectl -n ${NAMESPACE} get pod -l app=kitchen-service -o jsonpath={.items[0].spec.nodeName}); kubectl drain $node --ignore-daemonsets --delete-emptydir-data --pod-selector=app.kubernetes.io/part-of=${NAMESPACE} --timeout=120s; kubectl uncordon $node && ${ROLLED_OUT}`,
  ],
];

const journal = new Journal();
const workspace = await prepare(journal, true);
const folder = mkdtempSync(join(tmpdir(), 'doctor-planned-'));
try {
  journal.heading('The healthy café, asked every two seconds');
  for (const [name, line] of PLANNED) {
    await journal.step(name, () => watched(line)).catch(() => undefined);
  }
  journal.heading('How long it takes');
  await journal.step('without probes at most 5 s', () => timed('', 5));
  await journal.step('with probes at most 25 s', () => timed('--probe', 25));
  journal.heading('With fewer rights');
  await journal.step('ClusterRole view: no Secrets, no nodes', () =>
    asViewer('', ['list secrets', 'list nodes']),
  );
  await journal.step('without exec', () => asViewer('--probe', [`create pods/exec -n ${NAMESPACE}`]));
} catch (error) {
  if (journal.close() === 0) console.error(error);
} finally {
  rmSync(folder, { recursive: true });
  await deleteNamespace();
}
process.exit(journal.close());

/** Runs a command, and asks meanwhile and ten seconds longer. */
async function watched(line: string): Promise<void> {
  const state = { isOver: false };
  const over = run(line, { cwd: workspace, timeoutSeconds: 180 })
    .then(() => sleep(10_000))
    .finally(() => (state.isOver = true));
  const said = new Map<string, number>();
  let looks = 0;
  while (!state.isOver) {
    const reading = await readCluster({ context: undefined, namespaces: [NAMESPACE] }).catch(() => undefined);
    if (reading) {
      looks += 1;
      for (const { code, verdict, sentence } of diagnose(reading).roots) {
        const text = `${code} ${verdict}: ${sentence}`;
        said.set(text, (said.get(text) ?? 0) + 1);
      }
    }
    await sleep(EVERY_MILLISECONDS);
  }
  await over;
  journal.note(`asked ${looks} times`);
  must(said.size === 0, [...said].map(([text, count]) => `${count} times: ${text}`).join('\n'));
}

async function timed(words: string, seconds: number): Promise<void> {
  const started = performance.now();
  const { code, stdout, stderr } = await attempt(`node bin/cafe.js doctor -n ${NAMESPACE} ${words}`);
  const took = (performance.now() - started) / 1000;
  journal.note(`${took.toFixed(1)} s`);
  must(code === 0, `${stdout}${stderr}`);
  must(took <= seconds, `it took ${took.toFixed(1)} s`);
}

/** As an account that may only view this namespace. */
async function asViewer(words: string, missing: readonly string[]): Promise<void> {
  await run(
    `kubectl -n ${NAMESPACE} create serviceaccount viewer --dry-run=client -o yaml | kubectl apply -f - && kubectl -n ${NAMESPACE} create rolebinding viewer --clusterrole=view --serviceaccount=${NAMESPACE}:viewer --dry-run=client -o yaml | kubectl apply -f -`,
  );
  const token = await run(`kubectl -n ${NAMESPACE} create token viewer`);
  const all = JSON.parse(await run('kubectl config view --minify --raw --flatten -o json')) as {
    readonly clusters: readonly { readonly name: string }[];
  };
  const kubeconfig = join(folder, 'viewer');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: all.clusters,
      users: [{ name: 'viewer', user: { token: token.trim() } }],
      contexts: [{ name: 'viewer', context: { cluster: all.clusters[0]?.name, user: 'viewer' } }],
      'current-context': 'viewer',
    }),
    { mode: 0o600 },
  );
  await eventually(30, async () => {
    const { code, stdout, stderr } = await attempt(`node bin/cafe.js doctor -n ${NAMESPACE} ${words}`, {
      env: { KUBECONFIG: kubeconfig },
    });
    must(code === 0, `exit ${code}\n${stdout}${stderr}`);
    for (const right of missing) must(stdout.includes(right), `it does not name "${right}":\n${stdout}`);
  });
}

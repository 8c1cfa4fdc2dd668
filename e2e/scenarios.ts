import { setTimeout as pause } from 'node:timers/promises';
import {
  expectNoRequestsWhileUnready,
  expectNoRestarts,
  NAMESPACE,
  objectVersions,
  pods,
  RELEASE,
  rolledOut,
} from './cluster.js';
import { run } from './command.js';
import type { FrontendAddress } from './frontend-address.js';
import { followTheGuide } from './guide.js';
import { eventually, type Journal, must } from './journal.js';
import { liveAnOrder, placeOrder, readOrder } from './order-life.js';

/** The commands of the contract, verbatim. */
const HELM_INSTALL = `cd dist/helm/postgresql && helm install ${RELEASE} . --namespace ${NAMESPACE} --create-namespace`;
const KUBECTL_APPLY = 'kubectl apply -f dist';

/** A scenario: it begins on a cluster without the café, in a folder with a fresh `dist`. */
export type Scenario = (journal: Journal, workspace: string) => Promise<void>;

/** First the database, waited for; then the services. Then the commands once more, and the database's release made anew. */
export const helmFirst: Scenario = async (journal, workspace) => {
  await journal.step(`$ ${HELM_INSTALL} --wait`, () => run(`${HELM_INSTALL} --wait`, { cwd: workspace }));
  await journal.step(`$ ${KUBECTL_APPLY}`, () => run(KUBECTL_APPLY, { cwd: workspace }));
  await journal.step('every Deployment is rolled out', rolledOut);
  const frontend = await followTheGuide(journal);
  await expectNothingWentWrong(journal);
  await applyAgain(journal, workspace);
  await reinstallTheDatabase(journal, workspace, frontend);
  frontend.close();
};

/** Both at once, the services mostly ahead of their database: they wait and heal by themselves. */
export const kubectlFirst: Scenario = async (journal, workspace) => {
  await journal.step(`$ ${KUBECTL_APPLY} & ${HELM_INSTALL}`, async () => {
    const applied = run(KUBECTL_APPLY, { cwd: workspace });
    // Helm must find the namespace or make it; either is right.
    await Promise.all([applied, run(HELM_INSTALL, { cwd: workspace })]);
  });
  await journal.step('every pod is ready', () =>
    eventually(180, async () => {
      const found = await pods();
      const waiting = found.filter(({ readySince }) => readySince === undefined);
      must(
        found.length >= 7 && waiting.length === 0,
        `not ready: ${waiting.map(({ name }) => name).join(', ')}`,
      );
    }),
  );
  await reportColdStart(journal);
  const frontend = await followTheGuide(journal);
  await expectNothingWentWrong(journal);
  frontend.close();
};

/** How long after the database the last pod was ready, by the times that Kubernetes itself notes (in whole seconds). */
async function reportColdStart(journal: Journal): Promise<void> {
  const found = await pods();
  const database = found.find(({ app }) => app === 'postgresql')?.readySince;
  must(database !== undefined, 'no PostgreSQL pod is ready');
  const services = found.filter(({ app }) => app !== 'postgresql');
  const last = Math.max(...services.map(({ readySince }) => readySince ?? Infinity));
  journal.note(`the last pod was ready ${Math.max(0, (last - database) / 1000)} s after PostgreSQL was`);
}

async function expectNothingWentWrong(journal: Journal): Promise<void> {
  await journal.step('no container was restarted', expectNoRestarts);
  await journal.step('no request reached a pod that was not ready', expectNoRequestsWhileUnready);
}

async function applyAgain(journal: Journal, workspace: string): Promise<void> {
  await journal.step(`$ ${KUBECTL_APPLY}, a second time, changes nothing`, async () => {
    // Not kubectl's own words: it calls every PodDisruptionBudget "configured", because its selector is always sent.
    const before = await objectVersions();
    await run(KUBECTL_APPLY, { cwd: workspace });
    await pause(2000);
    const after = await objectVersions();
    const changed = [...after]
      .filter(([name, version]) => before.get(name) !== version)
      .map(([name]) => name);
    must(changed.length === 0 && after.size === before.size, `changed: ${changed.join(', ')}`);
  });
}

async function reinstallTheDatabase(
  journal: Journal,
  workspace: string,
  frontend: FrontendAddress,
): Promise<void> {
  const before = await journal.step('an order is placed before the database goes', () =>
    placeOrder(frontend.url, 'before the reinstall'),
  );
  await journal.step(`$ helm uninstall ${RELEASE} --namespace ${NAMESPACE} --wait`, () =>
    run(`helm uninstall ${RELEASE} --namespace ${NAMESPACE} --wait`),
  );
  await journal.step(`$ ${HELM_INSTALL} --wait`, () => run(`${HELM_INSTALL} --wait`, { cwd: workspace }));
  await journal.step('the order is there again', () =>
    eventually(60, async () => {
      const after = await readOrder(frontend.url, before.order_number);
      must(
        JSON.stringify(after) === JSON.stringify(before),
        `it was ${JSON.stringify(before)}, it is ${JSON.stringify(after)}`,
      );
    }),
  );
  await journal.step('an order lives its life', () =>
    eventually(30, () => liveAnOrder(frontend.url, 'after the reinstall')),
  );
  await journal.step('no service was restarted meanwhile', expectNoRestarts);
}

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deleteNamespace, diagnosis, kubectl, NAMESPACE, namespaceExists, RELEASE } from '../cluster.js';
import { run } from '../command.js';
import { frontendAddress } from '../frontend-address.js';
import { Certificate } from '../gateway/certificate.js';
import { gatewayEntrance } from '../gateway/gateway-entrance.js';
import { traefikMustBeSpread, traefikMustEndGently } from '../gateway/traefik.js';
import { Journal } from '../journal.js';
import type { Entrance } from '../load/load.js';
import { prepare } from '../preparation.js';
import { whenSeen } from './alerts/judgement.js';
import { readMonitoring } from './alerts/manifests.js';
import { noPrometheus } from './alerts/prometheus.js';
import { admitPrometheus } from './alerts/watch.js';
import { AlertWatches } from './alerts/watches.js';
import { healthy } from './cafe-state.js';
import { measure } from './measure.js';
import { makeNaive } from './naive.js';
import { NodeAgent } from './node-agent.js';
import { type Outcome, ViolationError } from './outcome.js';
import { toSvg } from './plot.js';
import { describeEnvironment } from './environment.js';
import { plannedScenarios } from './planned.js';
import { record, type Variant } from './recorded.js';
import { noOperator, spreadOperator } from './postgres-cluster.js';
import type { DatabaseMode, Scenario } from './scenario.js';
import { scenarios, scenariosNamed } from './scenarios.js';
import { changedFolder, putBehindGateway, synthesizeChanged } from './synthesize-changed.js';
import { FaultTools } from './tools.js';

const HELP = `Does to the café what operators and misfortune do, while guests order and cooks cook, and counts.

  make e2e-faults [FORCE=1] [RECORD=1] [GATEWAY=1] [ALERTS=1] [SCENARIOS="restart-all drain-nodes …"]
  node --import tsx e2e/faults/run.ts [--force] [--keep] [--record] [--naive] [--gateway] [--alerts] [--planned-times N] [--url URL] [scenario …]

  scenario         only these; --list prints them
  --record         write what was seen into docs/reliability and the page docs/reliability.md
  --planned-times  how often each operator's one is done, one after the other (default 1; 3 with --record, without --gateway)
  --naive          against manifests without probes, gate, drain and surge, to see what they prevent
  --gateway        guests come by TLS through a Gateway of the café’s (needs Traefik as GatewayClass, in traefik, with a pod on
                   more than one node)
  --alerts         with a Prometheus of this machine that reads the pods, and judge who is woken; it must reach their addresses
  --url            of the frontend, where the cluster has no load balancer (default: that of its Service)
  --force          delete the namespace ${NAMESPACE} first, with the database's volume, when it is there
  --keep           leave the café in the cluster

  KUBECONFIG       the cluster: at least two nodes, privileged pods allowed in the namespace cafe-lumiere-faults
  REGISTRY         where its nodes pull images from
  NODE_STOP_COMMAND, NODE_START_COMMAND, LINK_CUT_COMMAND, LINK_HEAL_COMMAND
                   take a node's power or network, and give it back; the node's name is added. For kind: "docker kill",
                   "docker start", "docker network disconnect kind", "docker network connect kind". Without them those
                   scenarios are skipped`;

/** What the naive variant is shown with when nothing else is said: one of each kind. */
const NAIVE_SCENARIOS = ['restart-all', 'delete-order-service', 'stop-postgresql'];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    force: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    naive: { type: 'boolean', default: false },
    gateway: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    alerts: { type: 'boolean', default: false },
    url: { type: 'string' },
    list: { type: 'boolean', default: false },
    'planned-times': { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
if (options.list) {
  for (const { name, kind, title } of scenarios) console.log(`${name.padEnd(28)} ${kind.padEnd(9)} ${title}`);
  process.exit(0);
}
const wrong = (message: string): never => {
  console.error(message);
  process.exit(2);
};
const chosen = chosenScenarios();
const plannedTimes = Number(options['planned-times'] ?? (options.record && !options.gateway ? 3 : 1));
if (!(Number.isInteger(plannedTimes) && plannedTimes > 0)) {
  wrong(`--planned-times is ${options['planned-times'] ?? ''}; it is a whole number, 1 or more.`);
}

if (options.alerts && options.naive)
  wrong('--alerts and --naive exclude each other: nobody judges the naive variant.');
if (options.gateway && (options.naive || options.url !== undefined))
  wrong('--gateway excludes --naive and --url: guests come through the Gateway, to the café as it is.');
const variant: Variant | undefined = options.gateway ? 'gateway' : options.naive ? 'naive' : undefined;
const missing = options.alerts ? await noPrometheus() : undefined;
if (missing !== undefined) wrong(missing);

const journal = new Journal();
const cleanUps: (() => Promise<void>)[] = [];
const cleanUp = async (): Promise<void> => {
  for (const action of cleanUps.splice(0).reverse()) await action();
};
process.once('SIGINT', () => {
  console.log(
    '\nended by Ctrl-C: giving back what was taken from the cluster (once more to leave it as it is)',
  );
  process.once('SIGINT', () => process.exit(130));
  void cleanUp().finally(() => process.exit(130));
});

try {
  await tryAll();
} catch (error) {
  console.log(`\n${await diagnosis()}\n`);
  if (journal.close() === 0) console.error(error);
  await cleanUp();
  process.exit(1);
}
await cleanUp();
process.exit(journal.close());

function chosenScenarios(): readonly Scenario[] {
  try {
    return scenariosNamed(options.naive && positionals.length === 0 ? NAIVE_SCENARIOS : positionals);
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

async function tryAll(): Promise<void> {
  const workspace = await prepare(journal, options.force);
  mkdirSync(join(workspace, 'build'), { recursive: true });
  if (options.gateway) await prepareGateway(workspace);
  if (!options.keep) cleanUps.push(deleteNamespace);
  for (const database of ['chart', 'cluster'] as const) {
    const some = chosen.filter((scenario) => (scenario.database ?? 'chart') === database);
    const reason = some.length > 0 && database === 'cluster' ? await noOperator() : undefined;
    if (reason === undefined && some.length > 0) await tryWith(database, some, workspace);
    else for (const { title } of some) skipped(title, reason ?? '');
  }
}

/** The scenarios of one kind of database, in a café that is opened for them. */
async function tryWith(database: DatabaseMode, some: readonly Scenario[], workspace: string): Promise<void> {
  journal.heading(database === 'chart' ? 'What happens' : 'What happens with three PostgreSQLs');
  if (database === 'cluster') cleanUps.push(await spreadOperator());
  const agent = await journal.step('the café is open, and an agent is on every node', async () => {
    await open(database, workspace);
    const image = await kubectl(
      `get deployment order-service -o jsonpath='{.spec.template.spec.containers[0].image}'`,
    );
    const started = await NodeAgent.start(image);
    cleanUps.push(() => started.end());
    return started;
  });
  const entrance = await entranceOf(workspace);
  const tools = (): FaultTools => {
    const made = new FaultTools(workspace, agent, options.gateway);
    cleanUps.push(() => made.undoAll());
    return made;
  };
  if (options.naive) {
    await journal.step('the café’s manifests are replaced by naive ones', async () => {
      makeNaive(join(workspace, 'dist/deployments.yaml'), join(workspace, 'build/naive.yaml'));
      await run('kubectl apply -f build/naive.yaml', { cwd: workspace });
      await healthy();
    });
  }
  const watches = options.alerts ? await watched(workspace) : undefined;
  const environment = await describeEnvironment();
  for (const scenario of some) {
    const reason = scenario.cannot?.();
    if (reason !== undefined) {
      skipped(scenario.title, reason);
      continue;
    }
    const runs: Outcome[] = [];
    let plot = '';
    const times = repeated(scenario) ? plannedTimes : 1;
    for (let time = 1; time <= times; time += 1) {
      const measurement = await once(scenario, tools(), entrance, watches);
      runs.push(measurement.outcome);
      plot = measurement.plot;
    }
    if (options.record) record(runs, { environment, plot, variant });
  }
  if (watches) await journal.step('nobody is woken later', () => watches.conclude());
}

/** Puts the café into its namespace; one with another database, and its data, goes before. */
async function open(database: DatabaseMode, workspace: string): Promise<void> {
  const inWorkspace = (line: string) => run(line, { cwd: workspace, timeoutSeconds: 600 });
  if (database === 'cluster') await deleteNamespace();
  if (options.gateway && !(await namespaceExists())) await new Certificate(workspace).begin();
  if (database === 'chart') {
    await inWorkspace('kubectl apply -f dist');
    await inWorkspace(
      `helm upgrade --install ${RELEASE} dist/helm/postgresql --namespace ${NAMESPACE} --wait --timeout 5m`,
    );
  } else {
    const change = options.gateway ? 'gateway-cluster' : 'cluster';
    await synthesizeChanged(change, workspace);
    await inWorkspace(`kubectl apply -f ${changedFolder(change)}`);
  }
  await healthy();
}

/** `dist` becomes the café behind a Gateway of its own, where the gateway is fit for it. */
async function prepareGateway(workspace: string): Promise<void> {
  await journal.step('$ npx cdk8s synth, behind a Gateway', async () => {
    await traefikMustEndGently();
    await traefikMustBeSpread();
    await putBehindGateway(workspace);
  });
}

async function entranceOf(workspace: string): Promise<Entrance> {
  return options.gateway
    ? gatewayEntrance(new Certificate(workspace))
    : { origin: options.url ?? (await loadBalancer()) };
}

/** What a Prometheus operator would be told of the café, whose pods are open to the Prometheus of this machine. */
async function watched(workspace: string): Promise<AlertWatches> {
  await synthesizeChanged('monitoring', workspace);
  cleanUps.push(await admitPrometheus());
  const manifests = join(workspace, changedFolder('monitoring'), 'deployments.yaml');
  const watches = new AlertWatches(readMonitoring(readFileSync(manifests, 'utf8')));
  cleanUps.push(() => watches.end());
  return watches;
}

/** The operators' ones, and all with three PostgreSQLs: each may meet another moment. */
function repeated(scenario: Scenario): boolean {
  return !options.naive && (plannedScenarios.includes(scenario) || scenario.database === 'cluster');
}

function skipped(title: string, reason: string): void {
  console.log(`  - ${title}: skipped, because ${reason}`);
}

/** A forwarded port would not do: it leads to one pod, and ends with it. */
async function loadBalancer(): Promise<string> {
  const frontend = await frontendAddress();
  if (frontend.through === 'load balancer') return frontend.url;
  frontend.close();
  throw new Error(
    'The Service frontend has no address of a load balancer, and a forwarded port ends with its pod. Install one (for kind: cloud-provider-kind), or say --url=http://<a node>:<the node port of the Service frontend>.',
  );
}

/** One scenario, once: a step of the journal that fails when something was not as it must be. */
async function once(
  scenario: Scenario,
  tools: FaultTools,
  entrance: Entrance,
  watches: AlertWatches | undefined,
): Promise<{ readonly outcome: Outcome; readonly plot: string }> {
  let plot = '';
  const outcome = await journal
    .step(scenario.title, async () => {
      const { outcome: seen, records, startedAt } = await measure(scenario, tools, entrance, watches);
      plot = toSvg({ title: scenario.title, startedAt, clicks: records.clicks, marks: tools.marks });
      // The naive variant is not judged: it is there to fail.
      const wrong = seen.violations.length > 0 || (options.record && seen.late.length > 0);
      if (!options.naive && wrong) throw new ViolationError(seen);
      return seen;
    })
    // The others are tried all the same: each begins with a healthy café.
    .catch((error: unknown) => {
      if (error instanceof ViolationError) return error.outcome;
      throw error;
    });
  journal.note(describe(outcome));
  return { outcome, plot };
}

function describe(outcome: Outcome): string {
  const {
    clicks,
    failedClicks,
    retriedClicks,
    requests,
    failedRequests,
    worstClick,
    worstSaid,
    recovery,
    noticed,
    firstOrder,
    balance,
  } = outcome;
  return [
    `${clicks} clicks, ${failedClicks} failed, ${retriedClicks} retried; ${requests} requests, ${failedRequests} failed; ${balance.acknowledged} orders, ${balance.found} found, ${balance.doubled.length} doubled`,
    `worst click ${worstClick} ms${noticed === undefined ? '' : ` (noticed after ${noticed} ms)`}, longest silence ${worstSaid} ms, recovered after ${recovery} ms${firstOrder === undefined ? '' : `, first order ${firstOrder} ms after the database's return`}`,
    ...(outcome.alerts === undefined ? [] : [`alerts: ${outcome.alerts.map(whenSeen).join('; ') || 'none'}`]),
    ...outcome.reasons,
  ].join('\n');
}

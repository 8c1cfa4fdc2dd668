import { firstPage } from './alerts/judgement.js';
import type { Outcome } from './outcome.js';
import type { Scenario, ScenarioKind } from './scenario.js';

/** One scenario, as often as it was done. */
export interface ReportedScenario extends Pick<Scenario, 'database' | 'comparedWith' | 'alert'> {
  readonly runs: readonly Outcome[];
}

/** Everything that the page shows. */
export interface Report {
  /** Where it was measured; one, unless somebody did a part of it elsewhere. */
  readonly environments: readonly string[];
  readonly scenarios: readonly ReportedScenario[];
  /** The same café behind a Gateway. */
  readonly gateway: readonly ReportedScenario[];
  /** The same load against manifests without what the café's have. */
  readonly naive: readonly ReportedScenario[];
}

const HEADINGS: Readonly<Record<ScenarioKind, string>> = {
  planned: 'Planned: not one request fails',
  replica: 'Something that has a second one is lost: not one click fails',
  database: 'The one database is away: every click is kept, and completed by itself',
};

/** The page's generated part, in Markdown. */
export function toMarkdown({ environments, scenarios, gateway, naive }: Report): string {
  const three = scenarios.filter(({ database }) => database === 'cluster');
  const parts = (Object.keys(HEADINGS) as ScenarioKind[]).flatMap((kind) => {
    const rows = scenarios.filter((scenario) => scenario.runs[0]?.kind === kind && !three.includes(scenario));
    return section(rows, `## ${HEADINGS[kind]}`, table(rows, kind), ...rows.map(plots));
  });
  return [
    ...environments,
    ...parts,
    ...section(
      three,
      '## With three PostgreSQLs',
      THREE,
      table(three, 'replica'),
      ...three.map(plots),
      besides(scenarios),
    ),
    ...section(
      gateway,
      '## Through a Gateway',
      GATEWAY,
      sideBySide(['straight', 'gateway'], pairsOf(scenarios, gateway), [
        'failed clicks',
        'failed requests',
        'retried clicks',
        'worst click',
      ]),
    ),
    ...woken(scenarios, gateway),
    ...section(
      naive,
      '## Without all that',
      NAIVE,
      sideBySide(['the café', 'naive'], pairsOf(scenarios, naive), [
        'failed requests',
        'failed clicks',
        'restarts',
      ]),
    ),
  ].join('\n\n');
}

/** Paragraphs about something; none where there is nothing of it. */
const section = (of: readonly unknown[], ...paragraphs: readonly string[]): readonly string[] =>
  of.length === 0 ? [] : paragraphs;

const NAIVE =
  'The same services, load and cluster; but the manifests have no readiness and start probes, no gate, a liveness probe ' +
  'that asks for the database (Kubernetes’ default times), no drain, and rollouts that take a pod away before its ' +
  'successor serves: what most examples have.';

const THREE =
  'The same, where the operator CloudNativePG runs three of them. Handing over takes it 6 to 12 s here, which requests wait ' +
  'out ([where the seconds are](decisions/cloudnative-pg.md)).';

const GATEWAY =
  'The same with `GATEWAY=1`, once each; what is not in the table was not done so. The café is behind a Gateway of its own, and guests and cooks come through it by ' +
  'TLS ([Traefik, a pod on each node](decisions/gitops.md)). Where the numbers are others, it is the gateway, the spread of ' +
  'a run, or a version of the café since. The two requests that failed with the database’s node met the moment when a pod of the ' +
  'gateway closes connections on which nobody asks; browsers send such again by themselves.';

const WOKEN =
  'With `ALERTS=1` a real Prometheus with the café’s rules reads the pods every 30 s, and knows of three days before in which ' +
  'as much was asked and nothing failed. Times are from the first mark to the first answer with the alert firing, at worst: ' +
  '[why these](decisions/alerts.md).';

function table(rows: readonly ReportedScenario[], kind: ScenarioKind): string {
  const database = kind === 'database';
  const head = [
    'what happens',
    'times',
    'clicks',
    'failed clicks',
    'failed requests',
    'retried clicks',
    'p99 click',
    'worst click',
    'recovery',
    ...(database ? ['page says so within', 'first order'] : []),
    'orders acknowledged / found / doubled',
    'restarts',
  ];
  const body = rows.map(({ runs }) => [
    runs[0]?.title ?? '',
    String(runs.length),
    String(sum(runs, ({ clicks }) => clicks)),
    `**${sum(runs, ({ failedClicks }) => failedClicks)}**`,
    `${kind === 'planned' ? '**' : ''}${sum(runs, ({ failedRequests }) => failedRequests)}${kind === 'planned' ? '**' : ''} of ${sum(runs, ({ requests }) => requests)}`,
    String(sum(runs, ({ retriedClicks }) => retriedClicks)),
    inWords(worst(runs, ({ p99Click }) => p99Click)),
    worstClick(runs),
    inWords(worst(runs, ({ recovery }) => recovery)),
    ...(database ? [inWords(worst(runs, ({ worstSaid }) => worstSaid)), firstOrder(runs)] : []),
    `${sum(runs, ({ balance }) => balance.acknowledged)} / ${sum(runs, ({ balance }) => balance.found)} / ${sum(runs, ({ balance }) => balance.doubled.length)}`,
    String(sum(runs, ({ restarts }) => restarts.length)),
  ]);
  return toTable(head, body);
}

/** With the time until Kubernetes had noticed, which nobody here can shorten. */
function worstClick(runs: readonly Outcome[]): string {
  const noticed = worst(runs, ({ noticed: after = 0 }) => after);
  const click = inWords(worst(runs, ({ worstClick: milliseconds }) => milliseconds));
  return noticed === 0 ? click : `${click} (noticed after ${inWords(noticed)})`;
}

/** Which alerts fired, and when, where a Prometheus watched. */
function woken(
  scenarios: readonly ReportedScenario[],
  gateway: readonly ReportedScenario[],
): readonly string[] {
  const rows = scenarios.flatMap(({ runs, alert }) => {
    const all = [...runs, ...runsOf(gateway, runs[0]?.name)];
    const watched = all.flatMap(({ alerts }) => (alerts === undefined ? [] : [alerts]));
    if (watched.length === 0) return [];
    const names = [...new Set(watched.flat().map(({ name }) => name))].sort();
    const fired = names.flatMap((name) => {
      const times = watched.flatMap((seen) => firstPage(name, seen) ?? []);
      return times.length === 0 ? [] : `${name} after ${inWords(Math.max(...times))}`;
    });
    const awaited = alert === undefined ? 'none' : alert === 'any' ? 'not judged' : alert;
    return [
      [runs[0]?.title ?? '', String(watched.length), awaited, fired.length === 0 ? 'none' : fired.join(', ')],
    ];
  });
  const head = ['what happens', 'times', 'must wake somebody', 'has'];
  return section(rows, '## Who is woken', WOKEN, toTable(head, rows));
}

/** Click by click, one PostgreSQL and three. */
function besides(scenarios: readonly ReportedScenario[]): string {
  const pairs = scenarios.flatMap(({ runs, comparedWith }): readonly Pair[] => {
    const one = runsOf(scenarios, comparedWith);
    return one.length === 0 ? [] : [[one, runs]];
  });
  return sideBySide(['one', 'three'], pairs, ['failed clicks', 'retried clicks', 'p99 click', 'worst click']);
}

const COMPARED = {
  'failed clicks': (runs) => String(sum(runs, ({ failedClicks }) => failedClicks)),
  'failed requests': (runs) =>
    `${sum(runs, ({ failedRequests }) => failedRequests)} of ${sum(runs, ({ requests }) => requests)}`,
  'retried clicks': (runs) =>
    `${sum(runs, ({ retriedClicks }) => retriedClicks)} of ${sum(runs, ({ clicks }) => clicks)}`,
  'p99 click': (runs) => inWords(worst(runs, ({ p99Click }) => p99Click)),
  'worst click': worstClick,
  restarts: (runs) => String(sum(runs, ({ restarts }) => restarts.length)),
} satisfies Readonly<Record<string, (runs: readonly Outcome[]) => string>>;

type Pair = readonly [readonly Outcome[], readonly Outcome[]];

/** What was done to the café, and the same to a variant of it. */
const pairsOf = (
  scenarios: readonly ReportedScenario[],
  variant: readonly ReportedScenario[],
): readonly Pair[] => variant.map(({ runs }) => [runsOf(scenarios, runs[0]?.name), runs]);

/** A row for each scenario, with a pair of columns for each of what is compared. */
function sideBySide(
  [left, right]: readonly [string, string],
  pairs: readonly Pair[],
  compared: readonly (keyof typeof COMPARED)[],
): string {
  const rows = pairs.map(([one, other]) => [
    other[0]?.title ?? '',
    ...compared.flatMap((what) =>
      [one, other].map((runs) => (runs.length === 0 ? 'not run' : COMPARED[what](runs))),
    ),
  ]);
  return toTable(['what happens', ...compared.flatMap((what) => [`${what}: ${left}`, right])], rows);
}

const plots = ({ runs }: ReportedScenario): string =>
  `![${runs[0]?.title ?? ''}](reliability/${runs[0]?.name ?? ''}.svg)`;

function firstOrder(runs: readonly Outcome[]): string {
  const measured = runs.flatMap((run) => run.firstOrder ?? []);
  if (measured.length === 0) return 'was not away';
  return measured.includes('never') ? 'never' : inWords(Math.max(...measured.map(Number)));
}

/** What was done under a name; nothing where it was not. */
const runsOf = (scenarios: readonly ReportedScenario[], name: string | undefined): readonly Outcome[] =>
  scenarios.find(({ runs }) => name !== undefined && runs[0]?.name === name)?.runs ?? [];

const sum = (runs: readonly Outcome[], of: (run: Outcome) => number): number =>
  runs.reduce((total, run) => total + of(run), 0);
const worst = (runs: readonly Outcome[], of: (run: Outcome) => number): number =>
  Math.max(0, ...runs.map(of));

/** A duration of milliseconds with the digits that mean something. */
const inWords = (milliseconds: number): string =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

const toTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

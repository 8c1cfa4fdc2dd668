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
  /** The same load against manifests without what the café's have. */
  readonly naive: readonly ReportedScenario[];
}

const HEADINGS: Readonly<Record<ScenarioKind, string>> = {
  planned: 'Planned: not one request fails',
  replica: 'Something that has a second one is lost: not one click fails',
  database: 'The one database is away: every click is kept, and completed by itself',
};

/** The page's generated part, in Markdown. */
export function toMarkdown({ environments, scenarios, naive }: Report): string {
  const three = scenarios.filter(({ database }) => database === 'cluster');
  const parts = (Object.keys(HEADINGS) as ScenarioKind[]).flatMap((kind) => {
    const rows = scenarios.filter((scenario) => scenario.runs[0]?.kind === kind && !three.includes(scenario));
    return rows.length === 0 ? [] : [`## ${HEADINGS[kind]}`, table(rows, kind), ...rows.map(plots)];
  });
  return [
    ...environments,
    ...parts,
    ...(three.length === 0
      ? []
      : [
          '## With three PostgreSQLs',
          THREE,
          table(three, 'replica'),
          ...three.map(plots),
          besides(scenarios),
        ]),
    ...woken(scenarios),
    ...(naive.length === 0 ? [] : ['## Without all that', NAIVE, comparison(scenarios, naive)]),
  ].join('\n\n');
}

const NAIVE =
  'The same services, load and cluster; but the manifests have no readiness and start probes, no gate, a liveness probe ' +
  'that asks for the database (Kubernetes’ default times), no drain, and rollouts that take a pod away before its ' +
  'successor serves: what most examples have.';

const THREE =
  'The same, where the operator CloudNativePG runs three of them. Handing over takes it 6 to 12 s here, which requests wait ' +
  'out ([where the seconds are](decisions/cloudnative-pg.md)).';

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
function woken(scenarios: readonly ReportedScenario[]): readonly string[] {
  const rows = scenarios.flatMap(({ runs, alert }) => {
    const watched = runs.flatMap(({ alerts }) => (alerts === undefined ? [] : [alerts]));
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
  return rows.length === 0
    ? []
    : ['## Who is woken', WOKEN, toTable(['what happens', 'times', 'must wake somebody', 'has'], rows)];
}

/** Click by click, one PostgreSQL and three. */
function besides(scenarios: readonly ReportedScenario[]): string {
  const head = [
    'what happens',
    ...['failed clicks', 'retried clicks', 'p99 click', 'worst click'].flatMap((what) => [
      `${what}: one`,
      'three',
    ]),
  ];
  const rows = scenarios.flatMap(({ runs: three, comparedWith }) => {
    const one = scenarios.find(({ runs }) => runs[0]?.name === comparedWith)?.runs;
    if (comparedWith === undefined || one === undefined) return [];
    const both = (of: (runs: readonly Outcome[]) => string): string[] => [of(one), of(three)];
    return [
      [
        three[0]?.title ?? '',
        ...both((runs) => String(sum(runs, ({ failedClicks }) => failedClicks))),
        ...both(
          (runs) =>
            `${sum(runs, ({ retriedClicks }) => retriedClicks)} of ${sum(runs, ({ clicks }) => clicks)}`,
        ),
        ...both((runs) => inWords(worst(runs, ({ p99Click }) => p99Click))),
        ...both(worstClick),
      ],
    ];
  });
  return toTable(head, rows);
}

function comparison(scenarios: readonly ReportedScenario[], naive: readonly ReportedScenario[]): string {
  const head = [
    'what happens',
    'failed requests: the café',
    'naive',
    'failed clicks: the café',
    'naive',
    'restarts: the café',
    'naive',
  ];
  const rows = naive.map(({ runs }) => {
    const ours = scenarios.find((scenario) => scenario.runs[0]?.name === runs[0]?.name)?.runs ?? [];
    const share = (all: readonly Outcome[]): string =>
      all.length === 0
        ? 'not run'
        : `${sum(all, ({ failedRequests }) => failedRequests)} of ${sum(all, ({ requests }) => requests)}`;
    return [
      runs[0]?.title ?? '',
      share(ours),
      `**${share(runs)}**`,
      String(sum(ours, ({ failedClicks }) => failedClicks)),
      String(sum(runs, ({ failedClicks }) => failedClicks)),
      String(sum(ours, ({ restarts }) => restarts.length)),
      String(sum(runs, ({ restarts }) => restarts.length)),
    ];
  });
  return toTable(head, rows);
}

const plots = ({ runs }: ReportedScenario): string =>
  `![${runs[0]?.title ?? ''}](reliability/${runs[0]?.name ?? ''}.svg)`;

function firstOrder(runs: readonly Outcome[]): string {
  const measured = runs.flatMap((run) => run.firstOrder ?? []);
  if (measured.length === 0) return 'was not away';
  return measured.includes('never') ? 'never' : inWords(Math.max(...measured.map(Number)));
}

const sum = (runs: readonly Outcome[], of: (run: Outcome) => number): number =>
  runs.reduce((total, run) => total + of(run), 0);
const worst = (runs: readonly Outcome[], of: (run: Outcome) => number): number =>
  Math.max(0, ...runs.map(of));

/** A duration of milliseconds with the digits that mean something. */
const inWords = (milliseconds: number): string =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

const toTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

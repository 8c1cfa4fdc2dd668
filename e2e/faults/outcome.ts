import type { Balance } from '../load/ledger.js';
import type { Records } from '../load/records.js';
import { alertViolations, type SeenAlert } from './alerts/judgement.js';
import type { Scenario, ScenarioKind } from './scenario.js';
import type { Mark } from './tools.js';

/** What one scenario did to the guests and cooks. Durations are milliseconds. */
export interface Outcome {
  readonly name: string;
  readonly title: string;
  readonly kind: ScenarioKind;
  readonly requests: number;
  readonly failedRequests: number;
  readonly clicks: number;
  readonly failedClicks: number;
  readonly retriedClicks: number;
  readonly worstClick: number;
  readonly p99Click: number;
  /** Until a page first said something, at worst. */
  readonly worstSaid: number;
  /** From the first mark to the end of the last click that failed, was retried or took longer than a second. */
  readonly recovery: number;
  /** Until Kubernetes said that what was lost is lost. */
  readonly noticed?: number | undefined;
  /** From PostgreSQL's return to the first order. */
  readonly firstOrder?: number | 'never' | undefined;
  /** The longest time for which a board had no news; 0 when none was called old. */
  readonly staleBoard: number;
  readonly restarts: readonly string[];
  readonly balance: Balance;
  /** Alerts that were pending or firing, where a Prometheus watched. */
  readonly alerts?: readonly SeenAlert[] | undefined;
  /** The commonest reasons of failed requests and clicks, with how often. */
  readonly reasons: readonly string[];
  /** What was not as the scenario's kind says; empty when all is well. */
  readonly violations: readonly string[];
  /** What took longer than it should. A slow machine is no fault, so it is judged where it is recorded, and nowhere else. */
  readonly late: readonly string[];
}

/** Something was not as it must be. */
export class ViolationError extends Error {
  constructor(readonly outcome: Outcome) {
    super([...outcome.violations, ...outcome.late].join('\n'));
    this.name = 'ViolationError';
  }
}

/** What is known when a scenario is over. */
export interface Observation {
  readonly scenario: Pick<Scenario, 'name' | 'title' | 'kind' | 'worstClickMs' | 'alert'>;
  readonly records: Records;
  readonly marks: readonly Mark[];
  readonly balance: Balance;
  /** Containers that were restarted and should not have been. */
  readonly restarts: readonly string[];
  readonly noticed?: number | undefined;
  readonly databaseBackAt?: number | undefined;
  readonly alerts?: readonly SeenAlert[] | undefined;
}

/** A click that took longer was held up by something. */
const DISTURBED_MS = 1000;
/** A page speaks after 2.5 s without an answer; what is above is this machine's, which shares its cores with the cluster. */
const SAID_LIMIT_MS = 3500;
const FIRST_ORDER_LIMIT_MS = 1000;

/** Counts, and compares with what must hold. */
export function toOutcome({
  scenario,
  records,
  marks,
  balance,
  restarts,
  noticed,
  databaseBackAt,
  alerts,
}: Observation): Outcome {
  const { clicks, requests } = records;
  const milliseconds = clicks.map((click) => click.milliseconds).sort((one, other) => one - other);
  const failedClicks = clicks.filter(({ failure }) => failure !== undefined);
  const failedRequests = requests.filter(({ failure }) => failure !== undefined);
  const begun = marks[0]?.at ?? Infinity;
  const disturbed = clicks
    .filter(
      ({ failure, attempts, milliseconds: took }) =>
        failure !== undefined || attempts > 1 || took > DISTURBED_MS,
    )
    .map(({ startedAt, milliseconds: took }) => startedAt + took);
  const { name, title, kind, worstClickMs } = scenario;
  const counted = {
    name,
    title,
    kind,
    requests: requests.length,
    failedRequests: failedRequests.length,
    clicks: clicks.length,
    failedClicks: failedClicks.length,
    retriedClicks: clicks.filter(({ attempts }) => attempts > 1).length,
    worstClick: milliseconds.at(-1) ?? 0,
    p99Click: milliseconds[Math.floor(milliseconds.length * 0.99)] ?? 0,
    worstSaid: Math.max(0, ...clicks.map(({ saidAfter }) => saidAfter)),
    recovery: Math.max(0, Math.max(0, ...disturbed) - begun),
    noticed,
    firstOrder: databaseBackAt === undefined ? undefined : firstOrderAfter(databaseBackAt, records),
    staleBoard: Math.max(0, ...records.staleBoards),
    restarts,
    balance,
    alerts,
    reasons: [
      ...commonest(failedClicks.map(({ actor, failure = '' }) => `clicks of a ${actor}: ${failure}`)),
      ...commonest(failedRequests.map(({ failure = '' }) => failure)),
    ],
  };
  return {
    ...counted,
    violations: [...violationsOf(counted, records), ...alertViolations(scenario, alerts)],
    late: lateIn(counted, worstClickMs),
  };
}

type Counted = Omit<Outcome, 'violations' | 'late'>;

function violationsOf(outcome: Counted, { streamFaults }: Records): readonly string[] {
  const found: string[] = [];
  const { kind, balance } = outcome;
  if (outcome.clicks === 0) found.push('nobody clicked, so nothing was shown');
  if (outcome.failedClicks > 0) found.push(`${outcome.failedClicks} clicks failed`);
  if (kind === 'planned' && outcome.failedRequests > 0)
    found.push(`${outcome.failedRequests} requests failed`);
  if (outcome.firstOrder === 'never') found.push("no order came after the database's return");
  if (outcome.restarts.length > 0) found.push(`restarted: ${outcome.restarts.join(', ')}`);
  return [
    ...found,
    ...balance.lost,
    ...balance.doubled,
    ...balance.illegalHistories,
    ...balance.missedEvents,
    ...streamFaults,
  ].slice(0, 20);
}

function lateIn(
  { worstSaid, firstOrder, worstClick, noticed = 0 }: Counted,
  worstClickMs = Infinity,
): readonly string[] {
  const limit = worstClickMs + noticed;
  const slow =
    worstClick > limit ? [`the worst click took ${worstClick} ms, and ${limit} ms are the limit`] : [];
  const said = worstSaid > SAID_LIMIT_MS ? [`a page said nothing for ${worstSaid} ms`] : [];
  const late = typeof firstOrder === 'number' && firstOrder > FIRST_ORDER_LIMIT_MS;
  return late
    ? [...slow, ...said, `the first order came ${firstOrder} ms after the database's return`]
    : [...slow, ...said];
}

function firstOrderAfter(moment: number, { acknowledgements }: Records): number | 'never' {
  const later = acknowledgements.map(({ at }) => at - moment).filter((milliseconds) => milliseconds >= 0);
  return later.length === 0 ? 'never' : Math.round(Math.min(...later));
}

/** Reasons without what differs from one time to the next. */
function commonest(reasons: readonly string[]): readonly string[] {
  const plain = reasons.map((reason) =>
    reason
      .replaceAll(/[0-9A-Z]{3}-[0-9A-Z]{3}/g, '…')
      .replaceAll(/\d+\.\d+\.\d+\.\d+(:\d+)?/g, '…')
      .replaceAll(/"instance":"[^"]*"/g, ''),
  );
  const counts = new Map<string, number>();
  for (const reason of plain) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 6)
    .map(([reason, count]) => `${count} × ${reason.slice(0, 220)}`);
}

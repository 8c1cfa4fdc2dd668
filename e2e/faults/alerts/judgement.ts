import type { Scenario } from '../scenario.js';

/** The first answers of Prometheus that had an alert as pending, and as firing. Milliseconds since the fault. */
export interface SeenAlert {
  readonly name: string;
  readonly severity: string;
  /** The longer one of its two windows; empty where it has none. */
  readonly window: string;
  readonly pendingAfter?: number | undefined;
  readonly firingAfter?: number | undefined;
}

/** Somebody is woken within this time of the fault, in milliseconds, or the alert came too late. */
export const ALERT_LIMIT_MS = 120_000;

/** What is wrong about who was woken, and who was not; nothing where nobody watched. */
export function alertViolations(
  { alert }: Pick<Scenario, 'alert'>,
  seen: readonly SeenAlert[] | undefined,
): readonly string[] {
  if (seen === undefined || alert === 'any') return [];
  if (alert === undefined) {
    return seen.flatMap((one) =>
      one.firingAfter === undefined
        ? []
        : [`${inWords(one)} fired after ${seconds(one.firingAfter)}, and nobody should be woken`],
    );
  }
  const after = firstPage(alert, seen);
  if (after !== undefined && after >= 0 && after <= ALERT_LIMIT_MS) return [];
  return [
    `${alert} should wake somebody within ${seconds(ALERT_LIMIT_MS)} of the fault, and ` +
      (after === undefined ? 'did not fire' : `fired after ${seconds(after)}`),
  ];
}

/** When an alert first woke somebody, whichever windows it had. */
export function firstPage(name: string, seen: readonly SeenAlert[]): number | undefined {
  const after = seen
    .filter((one) => one.name === name && one.severity === 'page')
    .flatMap(({ firingAfter }) => firingAfter ?? []);
  return after.length === 0 ? undefined : Math.min(...after);
}

/** What was seen of an alert, in a line. */
export const whenSeen = (alert: SeenAlert): string =>
  alert.firingAfter === undefined
    ? `${inWords(alert)} pending`
    : `${inWords(alert)} after ${seconds(alert.firingAfter)}`;

/** An alert as people speak of it: `OrdersStored (page, 1h)`. */
const inWords = ({ name, severity, window }: SeenAlert): string =>
  `${name} (${[severity, window].filter((word) => word !== '').join(', ')})`;

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1000)} s`;

import type { FaultTools } from './tools.js';

/**
 * What must hold, by what is done:
 *
 * - `planned`: an operator does something that takes no replica away before another one serves. Not a single request fails.
 * - `replica`: something that has a second one is lost. Requests may fail, and the pages' retries carry every click.
 * - `database`: the one PostgreSQL is away for a while. Every click says so within the page's limit, and is completed by
 *   itself when PostgreSQL is back; the first order within a second of that.
 */
export type ScenarioKind = 'planned' | 'replica' | 'database';

/** One PostgreSQL of our chart, or three of the CloudNativePG operator. */
export type DatabaseMode = 'chart' | 'cluster';

/** Who is woken, by the alerts' names in cdk8s/alerts.ts. */
export const ALERTS = ['ClicksAnswered', 'OrdersStored'] as const;

/** Something that is done to a healthy café under load. */
export interface Scenario {
  /** In words of a command line: `drain-nodes`. */
  readonly name: string;
  readonly title: string;
  readonly kind: ScenarioKind;
  /**
   * Who runs the café's database.
   * @default 'chart'
   */
  readonly database?: DatabaseMode;
  /**
   * The name of the scenario that does the same to one PostgreSQL, for three.
   * @default - there is none
   */
  readonly comparedWith?: string;
  /**
   * What the worst click may last, in milliseconds, besides the time until Kubernetes has noticed, where the scenario says
   * it ({@link FaultTools.noticed}). Judged where it is recorded.
   * @default - nobody looks
   */
  readonly worstClickMs?: number;
  /**
   * Which containers the scenario itself restarts, by `pod/container`.
   * @default - none
   */
  readonly restarts?: RegExp;
  /**
   * Why it cannot be done on this cluster, or nothing.
   * @default - it can
   */
  readonly cannot?: () => string | undefined;
  /**
   * Which alert must wake somebody within two minutes of the first mark, or `any`, where what is lost is about as much as
   * wakes somebody, and a little more or less decides. Judged where somebody watches: docs/decisions/alerts.md.
   * @default - none may fire
   */
  readonly alert?: (typeof ALERTS)[number] | 'any';
  /** Before the load begins: builds and the like. @default - nothing */
  readonly prepare?: (tools: FaultTools) => Promise<void>;
  /**
   * Does it, and undoes it. When it returns, everything is on its way back, and the café has to heal by itself.
   * It says what it does with {@link FaultTools.mark}, which the plot shows.
   */
  readonly run: (tools: FaultTools) => Promise<void>;
  /** After the load has ended: removes what the scenario needed. @default - nothing */
  readonly cleanUp?: (tools: FaultTools) => Promise<void>;
}

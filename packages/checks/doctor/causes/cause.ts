import type { LiveCluster, Title } from '../model/live-cluster.js';
import type { Code } from './codes.js';

/**
 * How sure it is. *proven*: the cluster or the program said so itself. *likely*: it fits what was seen, and nothing tried
 * it. *cannot tell*: it is not well, and what was read does not say why.
 */
export type Verdict = 'proven' | 'likely' | 'cannot tell';

/** One thing that was seen. */
export interface Evidence {
  readonly object: Title;
  readonly field: string;
  readonly value: string;
  /** When, ISO 8601. */
  readonly at?: string;
}

/** Why something does not work. */
export interface Cause {
  readonly code: Code;
  readonly verdict: Verdict;
  /** Causes of one code and key are one, wherever they show. */
  readonly key: string;
  /** One sentence that names what is wrong and what was meant. */
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
  /** What does not work because of it alone: workloads, Services, nodes. */
  readonly breaks: readonly Title[];
  /** One command, or one change where no command mends it. */
  readonly mend: string;
  /** What would decide it, where the verdict is not `proven`. */
  readonly decide?: string;
  /**
   * Whose fault it may be. When one of these does not work itself, that is the cause, and this follows from it. Nothing
   * for what is a cause of its own whatever else happens.
   */
  readonly blames?: readonly Title[];
  /** Whether it is worth a word only where something follows from it. */
  readonly onlyIfBlamed?: boolean;
  /** Whether it may be over with the next try: no fault yet, unless it follows from one. */
  readonly mayPass?: boolean;
}

/** What looks for causes of one family. */
export type Causes = (cluster: LiveCluster) => readonly Cause[];

/** The node of the graph that stands for the cluster's DNS. */
export const DNS: Title = 'the DNS of the cluster';

/** The node of the graph that stands for the time that a workload's containers get of a processor. */
export const cpuOf = (workload: Title): Title => `the CPU of ${workload}`;

/** The node of the graph that stands for the way from a workload to a Service. */
export const edgeOf = (from: Title, to: Title): Title => `${from} -> ${to}`;

import type { Cluster } from '../../model/cluster.js';
import { deadlineChain } from './deadline-chain.js';
import { gracePeriod } from './grace-period.js';
import { probeTimeout } from './probe-timeout.js';
import { progressDeadline } from './progress-deadline.js';
import { startupTime } from './startup-time.js';
import type { TimeLine } from './time-line.js';

/** Each end, start, probe, rollout and chain of callers has the time that it needs. */
export const TIME_PROOFS = [gracePeriod, startupTime, probeTimeout, progressDeadline, deadlineChain] as const;

/** The whole arithmetic, for `--explain`. */
export const timeTable = (cluster: Cluster): readonly TimeLine[] =>
  TIME_PROOFS.flatMap(({ lines }) => lines(cluster));

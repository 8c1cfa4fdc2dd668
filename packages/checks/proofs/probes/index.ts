import { invalidProbe } from './invalid-probe.js';
import { missingProbe } from './missing-probe.js';
import { probeDependency } from './probe-dependency.js';
import { probePort } from './probe-port.js';
import { probeWindow } from './probe-window.js';
import { sameQuestion } from './same-question.js';
import { scrapePort } from './scrape-port.js';

/** Start, readiness and liveness are asked, differ, name ports that exist, and look no further than they may; so are metrics. */
export const PROBE_PROOFS = [
  missingProbe,
  sameQuestion,
  probePort,
  probeDependency,
  probeWindow,
  invalidProbe,
  scrapePort,
] as const;

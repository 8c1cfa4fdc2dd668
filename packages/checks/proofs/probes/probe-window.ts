import type { Problem, Proof } from '../proof.js';
import { type ContainerProbe, probeProblem, probesIn } from './probes.js';

/** Less than this, and a full garbage collection or a busy node is taken for death. */
const LIVENESS_SECONDS = 30;
/** A process that is alive answers within this, also when it is short of CPU. */
const ANSWER_SECONDS = 2;
/** Until a pod that cannot serve gets no more requests. */
const READINESS_SECONDS = 60;

/** A probe concludes neither before it can know nor long after. */
export const probeWindow = {
  id: 'CAFE035',
  severity: 'advice',
  title: 'A probe concludes too early or too late',
  why: 'Too early: a pod that is busy for a moment is killed, and its load falls on the others. Too late: requests go for a minute to a pod that cannot answer.',
  problems: (cluster) =>
    probesIn(cluster).flatMap((each) => {
      if (each.kind === 'livenessProbe') return [...tooEarly(each), ...tooShort(each)];
      return each.kind === 'readinessProbe' ? tooLate(each) : [];
    }),
} as const satisfies Proof;

const seconds = ({ probe: { periodSeconds, failureThreshold } }: ContainerProbe): number =>
  periodSeconds * failureThreshold;

function tooEarly(each: ContainerProbe): Problem[] {
  const { periodSeconds, failureThreshold } = each.probe;
  if (seconds(each) >= LIVENESS_SECONDS) return [];
  const threshold = Math.ceil(60 / periodSeconds);
  return [
    probeProblem(each, 'livenessProbe.failureThreshold', {
      found: `${periodSeconds} s × ${failureThreshold} = ${seconds(each)} s until the container is killed`,
      expected: `at least ${LIVENESS_SECONDS} s: a busy node or a slow disk looks the same as a hung process for that long`,
      likely: `failureThreshold: ${threshold}, which is a minute`,
      change: `raise failureThreshold to ${threshold}`,
    }),
  ];
}

function tooShort(each: ContainerProbe): Problem[] {
  const { timeoutSeconds } = each.probe;
  if (timeoutSeconds >= ANSWER_SECONDS) return [];
  return [
    probeProblem(each, 'livenessProbe.timeoutSeconds', {
      found: `${timeoutSeconds} s${timeoutSeconds === 1 ? ", Kubernetes' default" : ''}`,
      expected: `at least ${ANSWER_SECONDS} s: a healthy process that is short of CPU answers later than 1 s`,
      likely: '5',
      change: 'set timeoutSeconds to 5',
    }),
  ];
}

function tooLate(each: ContainerProbe): Problem[] {
  const { periodSeconds, failureThreshold } = each.probe;
  if (seconds(each) <= READINESS_SECONDS) return [];
  return [
    probeProblem(each, 'readinessProbe.failureThreshold', {
      found: `${periodSeconds} s × ${failureThreshold} = ${seconds(each)} s until a pod that cannot serve gets no more requests`,
      expected: `at most ${READINESS_SECONDS} s: every request of that time fails`,
      change: 'lower periodSeconds or failureThreshold',
    }),
  ];
}

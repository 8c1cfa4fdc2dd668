import type { Problem, Proof } from '../proof.js';
import { probeProblem, questionOf } from './probes.js';

/** Liveness and readiness ask different questions, because the answers have different consequences. */
export const sameQuestion = {
  id: 'CAFE032',
  severity: 'advice',
  title: 'Liveness asks what readiness asks',
  why: 'A pod that is only not ready, because its database is away, is killed as well. When it comes back it starts cold, together with all the others.',
  problems: (cluster) =>
    cluster.workloads.flatMap((workload) =>
      workload.pod.containers.flatMap((container): Problem[] => {
        const { readinessProbe, livenessProbe } = container;
        if (!readinessProbe || !livenessProbe) return [];
        const question = questionOf(livenessProbe, container);
        if (question !== questionOf(readinessProbe, container)) return [];
        return [
          probeProblem({ workload, container }, 'livenessProbe', {
            found: `the same question as the readinessProbe: ${question}`,
            expected:
              'another one: not ready means "send nothing for now", not alive means "kill it", and a pod that waits for its database must not be killed',
            change: 'ask liveness on a path of its own that touches nothing but the process, such as /livez',
          }),
        ];
      }),
    ),
} as const satisfies Proof;

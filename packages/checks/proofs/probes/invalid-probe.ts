import type { Problem, Proof } from '../proof.js';
import { type ContainerProbe, probeProblem, probesIn } from './probes.js';

/** The API server takes each probe. */
export const invalidProbe = {
  id: 'CAFE036',
  title: 'A probe that the API server refuses',
  why: 'The API server refuses the whole workload, and the version before it goes on running.',
  problems: (cluster) =>
    probesIn(cluster).flatMap((each) => [...asksNothing(each), ...successes(each), ...numbers(each)]),
} as const satisfies Proof;

function asksNothing(each: ContainerProbe): Problem[] {
  const { httpGet, tcpSocket, exec, grpc } = each.probe;
  if (httpGet ?? tcpSocket ?? exec ?? grpc) return [];
  return [
    probeProblem(each, `${each.kind}.httpGet`, {
      found: 'a probe that asks nothing',
      expected: 'one of httpGet, tcpSocket, exec and grpc',
      change: 'say what it asks',
    }),
  ];
}

function successes(each: ContainerProbe): Problem[] {
  const { successThreshold } = each.probe;
  if (each.kind === 'readinessProbe' || successThreshold === 1) return [];
  return [
    probeProblem(each, `${each.kind}.successThreshold`, {
      found: String(successThreshold),
      expected: `1: the API server refuses any other value for a ${each.kind}`,
      likely: '1',
      change: 'leave successThreshold out',
    }),
  ];
}

const numbers = (each: ContainerProbe): Problem[] =>
  (['periodSeconds', 'timeoutSeconds', 'failureThreshold'] as const).flatMap((field) => {
    const value = each.probe[field];
    return Number.isInteger(value) && value >= 1
      ? []
      : [
          probeProblem(each, `${each.kind}.${field}`, {
            found: String(value),
            expected: 'a whole number, 1 or more',
            change: `set ${field} to 1 or more`,
          }),
        ];
  });

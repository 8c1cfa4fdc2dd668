import { titleOf } from '../../model/manifest.js';
import { edges } from '../../model/connections.js';
import {
  conditionOf,
  type LiveCluster,
  type LiveEvent,
  type LiveWorkload,
  type Title,
} from '../model/live-cluster.js';
import type { Live, LiveContainer, LiveProbe } from '../model/live-schemas.js';
import { containersOf, isWell, titleOfPod } from '../model/pod-state.js';
import { isSettling } from '../model/progress.js';
import { type Cause, cpuOf, DNS, edgeOf } from './cause.js';
import { kindAndName } from './placing.js';

const RECENT_SECONDS = 600;

/** Probes that fail, with what they were answered. */
export function probeCauses(cluster: LiveCluster): readonly Cause[] {
  return cluster.workloads.flatMap((workload) =>
    workload.pods.flatMap((pod) => ofPod(cluster, workload, pod)),
  );
}

function ofPod(cluster: LiveCluster, workload: LiveWorkload, pod: Live<'Pod'>): readonly Cause[] {
  if (isWell(pod) || pod.status.phase !== 'Running') return [];
  const title = titleOfPod(pod);
  const ready = conditionOf(pod, 'Ready');
  if (ready?.reason === 'ReadinessGatesNotReady' && !isSettling(cluster, pod)) {
    const gates = pod.spec.readinessGates
      .map(({ conditionType }) => conditionType)
      .filter((type) => conditionOf(pod, type)?.status !== 'True');
    return [
      {
        code: 'CAFE263',
        verdict: 'proven',
        key: workload.title,
        sentence: `${workload.title} waits for the readiness gate ${gates.join(' and ')}, which nobody has set to True: its containers are ready, and it gets no traffic`,
        evidence: [
          {
            object: title,
            field: 'status.conditions[Ready]',
            value: ready.message,
            at: ready.lastTransitionTime,
          },
        ],
        breaks: [workload.title],
        mend: `start the controller that sets ${gates[0] ?? ''}, or take it out of readinessGates in ${workload.title}`,
      },
    ];
  }
  const events = cluster.eventsOf(title).filter(({ at }) => cluster.secondsSince(at) < RECENT_SECONDS);
  return containersOf(pod).flatMap(({ container, status }): readonly Cause[] => {
    if (status.ready) return [];
    const ofContainer = events.filter(({ field }) => field === '' || field.includes(`{${container.name}}`));
    const failures = ofContainer.filter(({ reason }) => reason === 'Unhealthy');
    const killing = ofContainer.find(
      ({ reason, message }) => reason === 'Killing' && /failed (?:liveness|startup) probe/.test(message),
    );
    if (killing && status.restartCount >= 2) {
      const failure = failures.find(({ message }) => /^(?:Liveness|Startup)/.test(message));
      return failure ? [cause(cluster, workload, { title, container, event: failure, isEnding: true })] : [];
    }
    const failure = failures.find(({ message }) => /^(?:Readiness|Startup)/.test(message));
    if (!failure || !status.state.running || isSettling(cluster, pod)) return [];
    return [cause(cluster, workload, { title, container, event: failure, isEnding: false })];
  });
}

interface Failure {
  readonly title: Title;
  readonly container: LiveContainer;
  readonly event: LiveEvent;
  readonly isEnding: boolean;
}

function cause(
  cluster: LiveCluster,
  workload: LiveWorkload,
  { title, container, event, isEnding }: Failure,
): Cause {
  const [, name = 'Readiness', answer = ''] =
    /^(\w+) probe (?:failed|errored): ?([\s\S]*)$/.exec(event.message) ?? [];
  const key = `${name.toLowerCase()}Probe` as 'startupProbe' | 'readinessProbe' | 'livenessProbe';
  const asked = questionOf(container[key]);
  const [sentence, own] = judged(answer.trim());
  const common = {
    code: isEnding ? ('CAFE261' as const) : ('CAFE262' as const),
    key: `${workload.title} ${container.name} ${name}`,
    sentence: `the ${name.toLowerCase()} probe of container ${container.name} of ${workload.title} asks ${asked} and ${sentence}${isEnding ? '; the container is ended and started again for it' : ''}`,
    evidence: [
      {
        object: title,
        field: `event ${event.reason}, ${event.count} times`,
        value: event.message,
        at: event.at,
      },
    ],
    breaks: [workload.title],
    mend: own
      ? `kubectl -n ${workload.namespace} edit ${kindAndName(workload)}   # ${container.name}.${key}: what the program answers`
      : `kubectl -n ${workload.namespace} logs ${title.split('/')[1] ?? ''} -c ${container.name}   # why it answers so`,
  };
  if (own) return { ...common, verdict: 'proven' };
  const limit = isLate(answer) ? container.resources.limits['cpu'] : undefined;
  return {
    ...common,
    verdict: 'likely',
    blames: [
      ...dependenciesOf(cluster, workload.title),
      ...(limit === undefined ? [] : [cpuOf(workload.title)]),
    ],
    decide: `what ${container.name} says of itself in its log and its answer${limit === undefined ? '' : `, and whether its CPU limit of ${limit} holds it back (--probe)`}`,
  };
}

const isLate = (answer: string): boolean => /deadline exceeded|timed out|timeout/i.test(answer);

/** What the answer says, and whether the probe itself is the mistake, whatever else is away. */
function judged(answer: string): readonly [sentence: string, own: boolean] {
  const status = /statuscode: (\d+)/.exec(answer)?.[1];
  if (status === '404' || status === '405' || status === '401' || status === '403') {
    return [`is answered ${status}: there is nothing for a probe at this path`, true];
  }
  if (status !== undefined) return [`is answered ${status}`, false];
  if (answer.includes('connection refused')) return ['is refused: nothing listens on that port', true];
  if (/malformed HTTP|server gave HTTP response to HTTPS client|tls:/.test(answer))
    return ['is answered in another protocol', true];
  if (isLate(answer)) return ['gets no answer in time', false];
  if (/executable file not found|no such file or directory/.test(answer))
    return ['cannot be run: its program is not in the image', true];
  return [answer === '' ? 'fails' : `is answered: ${answer.split('\n')[0] ?? ''}`, false];
}

function questionOf(probe: LiveProbe | undefined): string {
  if (probe?.httpGet) return `port ${probe.httpGet.port} for ${probe.httpGet.path}`;
  if (probe?.tcpSocket) return `port ${probe.tcpSocket.port}`;
  return probe?.exec ? `"${probe.exec.command.join(' ')}"` : 'a question';
}

/** What a program may miss when it says that it is not ready. */
function dependenciesOf(cluster: LiveCluster, title: Title): readonly Title[] {
  const services = edges(cluster.declared).flatMap(({ workload, service }) =>
    titleOf(workload) === title ? [titleOf(service)] : [],
  );
  return [...new Set(services)]
    .flatMap((service) => [service, edgeOf(title, service)])
    .concat(services.length > 0 ? [DNS] : []);
}

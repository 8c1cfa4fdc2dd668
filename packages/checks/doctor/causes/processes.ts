import type { LiveCluster, LiveWorkload } from '../model/live-cluster.js';
import type { ContainerStatus, Live, LiveContainer } from '../model/live-schemas.js';
import { containersOf, failedContainer, titleOfPod } from '../model/pod-state.js';
import { isSettling } from '../model/progress.js';
import type { Cause, Evidence } from './cause.js';
import { causeOfLine } from './lines.js';
import { kindAndName } from './placing.js';
import { tellingLine } from './said.js';

/** One end is a restart; what ends again is a fault. */
const RESTARTS = 2;
/** An end that is older says nothing about now. */
const RECENT_SECONDS = 600;
/** A gate says after this time what it waits for. */
const GATE_SECONDS = 60;

/** Containers that end, and what they said before; gates that wait. */
export function processCauses(cluster: LiveCluster): readonly Cause[] {
  return cluster.workloads.flatMap((workload) => [
    ...workload.pods.flatMap((pod) => [...evicted(workload, pod), ...ofPod(cluster, workload, pod)]),
    ...failedJob(cluster, workload),
  ]);
}

function ofPod(cluster: LiveCluster, workload: LiveWorkload, pod: Live<'Pod'>): readonly Cause[] {
  if (workload.kind === 'Job' || workload.kind === 'CronJob') return [];
  const killed = containersOf(pod).find(
    ({ status }) =>
      endOf(status)?.reason === 'OOMKilled' &&
      cluster.secondsSince(endOf(status)?.finishedAt) < RECENT_SECONDS,
  );
  if (killed) return [outOfMemory(workload, pod, killed)];
  const failed = failedContainer(pod);
  const found = containersOf(pod).find(({ container }) => container.name === failed?.container);
  if (!found) return [];
  const { container, status, isInit } = found;
  const line = tellingLine(cluster.logOf(pod, container.name)?.lines ?? []);
  const title = titleOfPod(pod);
  const said: readonly Evidence[] =
    line === undefined ? [] : [{ object: title, field: `log of container ${container.name}`, value: line }];
  const end = endOf(status);
  const isCrashing =
    end !== undefined &&
    (end.exitCode !== 0 || !isInit) &&
    (status.state.waiting?.reason === 'CrashLoopBackOff' || status.restartCount >= RESTARTS) &&
    cluster.secondsSince(end.finishedAt) < RECENT_SECONDS &&
    !/^(?:StartError|ContainerCannotRun|RunContainerError)$/.test(end.reason);
  if (!isCrashing) {
    const since = cluster.secondsSince(status.state.running?.startedAt);
    const waits =
      isInit && container.restartPolicy !== 'Always' && status.state.running && since >= GATE_SECONDS;
    const unready = !isInit && status.state.running && !isSettling(cluster, pod);
    if (!waits && !unready) return [];
    const cause = causeOfLine(cluster, workload, pod, line, said);
    return cause ? [cause] : waits ? [gate(workload, container, said)] : [];
  }
  const liveness = cluster
    .eventsOf(title)
    .find(
      ({ reason, message, field }) =>
        reason === 'Killing' &&
        /failed (?:liveness|startup) probe/.test(message) &&
        (field === '' || field.includes(`{${container.name}}`)),
    );
  const killedByProbe =
    liveness &&
    cluster.secondsSince(liveness.at) < RECENT_SECONDS &&
    (end.exitCode === 137 || end.exitCode === 143 || end.exitCode === 0);
  const exit: Evidence = {
    object: title,
    field: `status.${isInit ? 'initContainerStatuses' : 'containerStatuses'}[${container.name}].lastState.terminated`,
    value: `${end.reason === '' ? 'ended' : end.reason}, exit code ${end.exitCode}, ${status.restartCount} restarts`,
    at: end.finishedAt,
  };
  if (killedByProbe) return [];
  const known = causeOfLine(cluster, workload, pod, line, [...said, exit]);
  if (known) return [known];
  const isRead = cluster.isRead('Log', workload.namespace);
  const isDone = end.exitCode === 0 && end.reason === 'Completed';
  return [
    {
      code: 'CAFE251',
      verdict: line === undefined && !isDone ? 'cannot tell' : 'proven',
      key: `${workload.title} ${container.name}`,
      sentence: `container ${container.name} of ${workload.title} ends by itself with exit code ${end.exitCode}, again and again${isDone ? `: its command does its work and ends, and what runs in a ${workload.kind} must not end` : line === undefined ? ', and wrote nothing that was read' : ''}${line === undefined ? '' : `; it says: ${line}`}`,
      evidence: [...said, exit],
      breaks: [workload.title],
      mend: `kubectl -n ${workload.namespace} logs ${pod.metadata.name} -c ${container.name} --previous   # what it says there`,
      ...(line === undefined && !isDone
        ? {
            decide: isRead
              ? "the program's own log, which is empty"
              : `the right to get pods/log -n ${workload.namespace}`,
          }
        : {}),
    },
  ];
}

const endOf = ({ state, lastState }: ContainerStatus) => state.terminated ?? lastState.terminated;

function gate({ title, namespace }: LiveWorkload, { name }: LiveContainer, said: readonly Evidence[]): Cause {
  return {
    code: 'CAFE251',
    verdict: 'cannot tell',
    key: `${title} ${name}`,
    sentence: `init container ${name} of ${title} has not ended${said[0] ? `; it says: ${said[0].value}` : ''}`,
    evidence: said,
    breaks: [title],
    mend: `kubectl -n ${namespace} logs ${kindAndName({ kind: title.split(' ')[0] ?? '', name: title.split('/')[1] ?? '' })} -c ${name}`,
    decide: 'what this container waits for',
    blames: [],
  };
}

function outOfMemory(
  workload: LiveWorkload,
  pod: Live<'Pod'>,
  { container, status }: { readonly container: LiveContainer; readonly status: ContainerStatus },
): Cause {
  const limit = container.resources.limits['memory'];
  const { namespace } = pod.metadata;
  return {
    code: 'CAFE252',
    verdict: 'proven',
    key: `${workload.title} ${container.name}`,
    sentence: `container ${container.name} of ${workload.title} needs more memory than ${limit === undefined ? 'its node has' : `its limit of ${limit}`}, and was killed`,
    evidence: [
      {
        object: titleOfPod(pod),
        field: `status.containerStatuses[${container.name}].lastState.terminated.reason`,
        value: `OOMKilled, ${status.restartCount} restarts`,
        at: endOf(status)?.finishedAt ?? '',
      },
    ],
    breaks: [workload.title],
    mend: `kubectl -n ${namespace} set resources ${kindAndName(workload)} -c ${container.name} --limits=memory=…   # more than ${limit ?? 'now'}`,
  };
}

function evicted(workload: LiveWorkload, pod: Live<'Pod'>): readonly Cause[] {
  const { phase, reason, message } = pod.status;
  const { namespace } = pod.metadata;
  if (phase !== 'Failed' || reason !== 'Evicted') return [];
  // Its successor may be well: then one eviction is history, and the next is not.
  const isOnce = workload.pods.filter(({ status }) => status.reason === 'Evicted').length < 2;
  if (isOnce && workload.pods.some((other) => other !== pod && other.status.phase === 'Running')) return [];
  return [
    {
      code: 'CAFE253',
      verdict: 'proven',
      key: workload.title,
      sentence: `a pod of ${workload.title} was evicted: ${message}`,
      evidence: [{ object: titleOfPod(pod), field: 'status.reason', value: `Evicted: ${message}` }],
      breaks: [workload.title],
      mend: `kubectl -n ${namespace} edit ${kindAndName(workload)}   # set requests and limits for what ran out`,
      blames: pod.spec.nodeName === undefined ? [] : [`Node ${pod.spec.nodeName}`],
    },
  ];
}

function failedJob(cluster: LiveCluster, workload: LiveWorkload): readonly Cause[] {
  if (workload.kind !== 'Job') return [];
  const failed = workload.live?.status.conditions.find(
    ({ type, status }) => type === 'Failed' && status === 'True',
  );
  const pod = workload.pods.at(-1);
  if (!failed) return [];
  const failing = pod && containersOf(pod).find(({ status }) => (endOf(status)?.exitCode ?? 0) !== 0);
  const line = pod && failing && tellingLine(cluster.logOf(pod, failing.container.name)?.lines ?? []);
  const evidence: readonly Evidence[] = [
    ...(line === undefined || !pod ? [] : [{ object: titleOfPod(pod), field: 'log', value: line }]),
    {
      object: workload.title,
      field: 'status.conditions[Failed]',
      value: `${failed.reason}: ${failed.message}`,
      at: failed.lastTransitionTime,
    },
  ];
  const known = pod && causeOfLine(cluster, workload, pod, line, evidence);
  return [
    known ?? {
      code: 'CAFE254',
      verdict: 'proven',
      key: workload.title,
      sentence: `${workload.title} failed${line === undefined ? `: ${failed.message}` : `; it says: ${line}`}`,
      evidence,
      breaks: [workload.title],
      mend: `kubectl -n ${workload.namespace} logs job/${workload.name}   # mend it, then make the job anew`,
    },
  ];
}

import { conditionOf, type LiveCluster, type LiveWorkload, type Title } from '../model/live-cluster.js';
import type { ContainerStatus, Live, LiveContainer } from '../model/live-schemas.js';
import { containersOf, failedContainer, titleOfPod } from '../model/pod-state.js';
import { isSettling } from '../model/progress.js';
import { type Cause, edgeOf, type Evidence } from './cause.js';
import { causeOfLine, namedIn } from './lines.js';
import { kindAndName } from './placing.js';
import { tellingLine } from './said.js';

/** One end is a restart; what ends again is a fault. */
const RESTARTS = 2;
/** An end that is older says nothing about now. */
const RECENT_SECONDS = 600;
/** So long connections may still go to those that were there before. */
const NEWS_SECONDS = 30;
/** A gate says after this time what it waits for. */
const GATE_SECONDS = 60;

/** Containers that end, and what they said before; gates that wait. */
export function processCauses(cluster: LiveCluster): readonly Cause[] {
  return cluster.workloads.flatMap((workload) => [
    ...workload.pods.flatMap((pod) => evicted(workload, pod)),
    ...(workload.kind === 'Job' || workload.kind === 'CronJob'
      ? ofJob(cluster, workload)
      : workload.pods.flatMap((pod) => ofPod(cluster, workload, pod))),
  ]);
}

function ofPod(cluster: LiveCluster, workload: LiveWorkload, pod: Live<'Pod'>): readonly Cause[] {
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
  const telling = tellingLine(cluster.logOf(pod, container.name)?.lines ?? []);
  const line = telling?.text;
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
    const cause = causeOfLine(cluster, workload, pod, telling, said);
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
  const hook = cluster.recentEvent(
    title,
    ({ reason, field }) =>
      reason === 'FailedPostStartHook' && (field === '' || field.includes(`{${container.name}}`)),
  );
  if (hook) {
    return [
      {
        code: 'CAFE257',
        verdict: 'proven',
        key: `${workload.title} ${container.name}`,
        sentence: `the postStart hook of container ${container.name} of ${workload.title} fails, and the container is ended for it: ${hook.message}`,
        evidence: [
          { object: title, field: 'event FailedPostStartHook', value: hook.message, at: hook.at },
          exit,
        ],
        breaks: [workload.title],
        mend: `kubectl -n ${workload.namespace} edit ${kindAndName(workload)}   # ${container.name}.lifecycle.postStart`,
      },
    ];
  }
  const known = causeOfLine(cluster, workload, pod, telling, [...said, exit]);
  const others = line === undefined ? [] : namedIn(cluster, workload, line);
  // Of what a server answers only that it starts is over soon.
  const isOfNow = known?.verdict === 'proven' && known.code !== 'CAFE284';
  const missed = known ? (known.blames ?? []) : others;
  const mayPass = !isOfNow && hasComeSince(cluster, missed, end.finishedAt);
  if (known) return [{ ...known, mayPass }];
  const isRead = cluster.isRead('Log', workload.namespace);
  const isDone = end.exitCode === 0 && end.reason === 'Completed';
  // Nobody ends himself so.
  const isKilled = end.exitCode === 137;
  const isSilent = isKilled || (line === undefined && !isDone);
  return [
    {
      code: 'CAFE251',
      verdict: isSilent ? 'cannot tell' : others.length > 0 ? 'likely' : 'proven',
      key: `${workload.title} ${container.name}`,
      sentence: `container ${container.name} of ${workload.title} ${isKilled ? 'is killed from outside,' : 'ends by itself'} with exit code ${end.exitCode}, again and again${isDone ? `: its command does its work and ends, and what runs in a ${workload.kind} must not end` : line === undefined ? ', and wrote nothing that was read' : ''}${line === undefined ? '' : `; it says: ${line}`}`,
      evidence: [...said, exit],
      breaks: [workload.title],
      mend: `kubectl -n ${workload.namespace} logs ${pod.metadata.name} -c ${container.name} --previous   # what it says there`,
      ...(isSilent
        ? {
            decide: isKilled
              ? 'who killed it: the node out of memory (kubectl describe node), a process in the pod, or an operator'
              : isRead
                ? "the program's own log, which is empty"
                : `the right to get pods/log -n ${workload.namespace}`,
          }
        : {}),
      ...(others.length > 0
        ? {
            mayPass,
            blames: others.flatMap((each) => [each, edgeOf(workload.title, each)]),
            decide: `whether ${others.join(' and ')} ${others.length === 1 ? 'does' : 'do'} what this line asks for`,
          }
        : {}),
    },
  ];
}

/** Whether what it missed became ready only then, or after: a rollout of both, and the next try will tell. */
const hasComeSince = (cluster: LiveCluster, missed: readonly Title[], failedAt: string): boolean =>
  missed
    .flatMap((service) => cluster.podsBehind(service))
    .some((pod) => {
      const ready = conditionOf(pod, 'Ready');
      return (
        ready?.status === 'True' &&
        Date.parse(failedAt) < Date.parse(ready.lastTransitionTime) + NEWS_SECONDS * 1000
      );
    });

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
      sentence: `a pod of ${workload.title} was evicted: ${message.trim()}`,
      evidence: [{ object: titleOfPod(pod), field: 'status.reason', value: `Evicted: ${message}` }],
      breaks: [workload.title],
      mend: `kubectl -n ${namespace} edit ${kindAndName(workload)}   # set requests and limits for what ran out`,
      blames: pod.spec.nodeName === undefined ? [] : [`Node ${pod.spec.nodeName}`],
    },
  ];
}

/**
 * Work that has an end: the last run that ended counts, and one that still tries and has failed more than once. A run that
 * succeeded makes those before it history.
 */
function ofJob(cluster: LiveCluster, workload: LiveWorkload): readonly Cause[] {
  if (workload.live?.spec.suspend) return [];
  const runs = cluster.runsOf(workload);
  const ended = runs.findLast((run) => isTrue(run, 'Complete') || isTrue(run, 'Failed'));
  const newest = runs.at(-1);
  const failing = newest && newest !== ended && newest.status.failed >= RESTARTS ? newest : ended;
  if (!failing || isTrue(failing, 'Complete')) {
    return newest === failing ? [] : podsOf(workload, newest).flatMap((pod) => ofPod(cluster, workload, pod));
  }
  const failed = conditionOf(failing, 'Failed');
  const pod = podsOf(workload, failing).findLast(({ status }) => status.phase !== 'Succeeded');
  const container = pod && containersOf(pod).find(({ status }) => (endOf(status)?.exitCode ?? 0) !== 0);
  const telling = pod && container && tellingLine(cluster.logOf(pod, container.container.name)?.lines ?? []);
  const line = telling?.text;
  const { name } = failing.metadata;
  const evidence: readonly Evidence[] = [
    ...(line === undefined || !pod ? [] : [{ object: titleOfPod(pod), field: 'log', value: line }]),
    failed
      ? {
          object: `Job ${workload.namespace}/${name}`,
          field: 'status.conditions[Failed]',
          value: `${failed.reason}: ${failed.message}`,
          at: failed.lastTransitionTime,
        }
      : {
          object: `Job ${workload.namespace}/${name}`,
          field: 'status.failed',
          value: String(failing.status.failed),
        },
  ];
  const known = pod && causeOfLine(cluster, workload, pod, telling, evidence);
  const how = failed ? 'failed' : `has failed ${failing.status.failed} times, and tries again`;
  return [
    known ?? {
      code: 'CAFE254',
      verdict: 'proven',
      key: workload.title,
      sentence: `${workload.kind === 'Job' ? workload.title : `the last run of ${workload.title}`} ${how}${line === undefined ? (failed ? `: ${failed.message}` : '') : `; it says: ${line}`}`,
      evidence,
      breaks: [workload.title],
      mend:
        workload.kind === 'Job'
          ? `kubectl -n ${workload.namespace} logs job/${name}   # mend it, then make the job anew`
          : `kubectl -n ${workload.namespace} logs job/${name}   # mend it, then: kubectl -n ${workload.namespace} create job --from=cronjob/${workload.name} ${workload.name}-again`,
    },
  ];
}

const isTrue = (job: Live<'Workload'>, type: string): boolean => conditionOf(job, type)?.status === 'True';

const podsOf = ({ pods }: LiveWorkload, job: Live<'Workload'> | undefined): readonly Live<'Pod'>[] =>
  pods.filter(({ metadata }) => metadata.ownerReferences.some(({ uid }) => uid === job?.metadata.uid));

import { titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import { isRecord } from '../../model/manifest.js';
import { missingService } from '../../proofs/connections/missing-service.js';
import { connections } from '../../model/connections.js';
import { references } from '../../proofs/references/references.js';
import type { LiveCluster, LiveWorkload } from '../model/live-cluster.js';
import type { Live } from '../model/live-schemas.js';
import { containersOf } from '../model/pod-state.js';
import { isWorkloadWell } from '../model/progress.js';
import type { Cause, Evidence, Verdict } from './cause.js';
import { kindAndName } from './placing.js';

const CREATING = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
  'ContainerCannotRun',
]);
/** An event that is older says nothing about now. */
const EVENT_SECONDS = 900;

/** What a container is configured with, and is not there. */
export function configurationCauses(cluster: LiveCluster): readonly Cause[] {
  return [
    ...cluster.workloads.flatMap((workload) =>
      workload.pods.flatMap((pod) => [
        ...ofContainers(cluster, workload, pod),
        ...ofMounts(cluster, workload, pod),
      ]),
    ),
    ...ofReferences(cluster),
    ...ofHosts(cluster),
  ];
}

/** What the kubelet says when it cannot make a container. */
function ofContainers(cluster: LiveCluster, workload: LiveWorkload, pod: Live<'Pod'>): readonly Cause[] {
  return containersOf(pod).flatMap(({ container, status, isInit }): readonly Cause[] => {
    const waiting = status.state.waiting;
    const ended = status.state.terminated ?? status.lastState.terminated;
    const failed = [waiting, status.ready ? undefined : ended].find(
      (each) => each !== undefined && CREATING.has(each.reason),
    );
    if (!failed) return [];
    const evidence: Evidence = {
      object: titleOfPod(pod),
      field: `status.${isInit ? 'initContainerStatuses' : 'containerStatuses'}[${container.name}].state`,
      value: `${failed.reason}: ${failed.message}`,
    };
    const absent = absence(cluster, workload, failed.message, evidence);
    if (absent) return [absent];
    const common = {
      verdict: 'proven' as const,
      key: `${workload.title} ${container.name}`,
      evidence: [evidence],
      breaks: [workload.title],
    };
    const command =
      /exec: "([^"]+)": (?:executable file not found in \$PATH|stat [^:]+: no such file or directory|permission denied|is a directory)|exec:? ?"?([^":]+)"?: no such file or directory/.exec(
        failed.message,
      );
    if (command) {
      const program = command[1] ?? command[2] ?? '';
      return [
        {
          ...common,
          code: 'CAFE234',
          sentence: `image ${container.image} has no program "${program}", which container ${container.name} of ${workload.title} starts`,
          mend: `kubectl -n ${workload.namespace} edit ${kindAndName(workload)}   # correct command and args, or leave them out`,
        },
      ];
    }
    if (failed.message.includes('exec format error')) {
      return [
        {
          ...common,
          code: 'CAFE225',
          key: container.image,
          sentence: `image ${container.image} is for another processor than that of its node`,
          mend: 'build it for every platform: docker buildx build --platform linux/amd64,linux/arm64 --push',
        },
      ];
    }
    if (/runAsNonRoot|non-root policy/.test(failed.message)) {
      return [
        {
          ...common,
          code: 'CAFE235',
          sentence: `${workload.title} may not run as root, and container ${container.name} of image ${container.image} ${failed.message.includes('non-numeric') ? 'has a user by name, which nobody can verify' : 'does'}`,
          mend: `kubectl -n ${workload.namespace} edit ${kindAndName(workload)}   # set securityContext.runAsUser to a number above 0`,
        },
      ];
    }
    return [
      {
        ...common,
        code: 'CAFE236',
        sentence: `container ${container.name} of ${workload.title} cannot be created: ${failed.message}`,
        mend: `kubectl -n ${workload.namespace} edit ${kindAndName(workload)}   # change what the message names`,
      },
    ];
  });
}

/** Volumes of ConfigMaps and Secrets: the pod stays at ContainerCreating, and only an event says why. */
function ofMounts(cluster: LiveCluster, workload: LiveWorkload, pod: Live<'Pod'>): readonly Cause[] {
  if (pod.status.phase !== 'Pending') return [];
  const event = cluster
    .eventsOf(titleOfPod(pod))
    .find(({ reason, at }) => reason === 'FailedMount' && cluster.secondsSince(at) < EVENT_SECONDS);
  const cause =
    event &&
    absence(cluster, workload, event.message, {
      object: titleOfPod(pod),
      field: 'event FailedMount',
      value: event.message,
      at: event.at,
    });
  return cause ? [cause] : [];
}

/** Reads the kubelet's sentence about an object or a key that is not there. */
function absence(
  cluster: LiveCluster,
  { namespace, title }: LiveWorkload,
  said: string,
  evidence: Evidence,
): Cause | undefined {
  const key = /couldn't find key (\S+) in (ConfigMap|Secret) ([\w.-]+)\/([\w.-]+)/.exec(said);
  if (key) {
    const [, wanted = '', kind = '', , name = ''] = key;
    return missingKey(cluster, { namespace, title, kind, name, key: wanted }, [evidence]);
  }
  const item = /references non-existent (?:secret|config) key: (\S+)/.exec(said);
  if (item) {
    const reference = references(cluster.declared).find(
      (each) => titleOf(each.workload) === title && each.key === item[1],
    );
    return (
      reference &&
      missingKey(
        cluster,
        { namespace, title, kind: reference.kind, name: reference.name, key: item[1] ?? '' },
        [evidence],
      )
    );
  }
  const object = /(configmap|secret) "([^"]+)" not found/i.exec(said);
  if (!object) return undefined;
  const kind = object[1]?.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
  return missingObject(cluster, { namespace, title, kind, name: object[2] ?? '' }, [evidence]);
}

interface Wanted {
  readonly namespace: string;
  /** Of the workload that wants it. */
  readonly title: string;
  readonly kind: string;
  readonly name: string;
}

function missingObject(
  cluster: LiveCluster,
  { namespace, title, kind, name }: Wanted,
  evidence: readonly Evidence[],
): Cause {
  const likely = cluster.nearestName(kind, namespace, name);
  return {
    code:
      kind === 'PersistentVolumeClaim'
        ? 'CAFE241'
        : kind === 'ServiceAccount' || kind === 'PriorityClass'
          ? 'CAFE215'
          : 'CAFE231',
    verdict: 'proven',
    key:
      kind === 'ServiceAccount' || kind === 'PriorityClass'
        ? `${namespace} ${kind} ${name}`
        : `${kind} ${namespace}/${name}`,
    sentence: `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}, which ${title} reads, is not there${likely === undefined ? '' : `; ${likely} is, and is probably meant`}`,
    evidence,
    breaks: [title],
    mend:
      likely !== undefined
        ? `name ${likely} in ${title}, or make ${kind} ${name}`
        : kind === 'Secret'
          ? `kubectl -n ${namespace} create secret generic ${name} --from-literal=KEY=VALUE`
          : kind === 'ConfigMap'
            ? `kubectl -n ${namespace} create configmap ${name} --from-literal=KEY=VALUE`
            : `kubectl apply -f   # the manifest of ${kind} ${namespace}/${name}`,
  };
}

function missingKey(
  cluster: LiveCluster,
  { namespace, title, kind, name, key }: Wanted & { readonly key: string },
  evidence: readonly Evidence[],
): Cause {
  const present = keysOf(cluster, kind, namespace, name);
  const likely = nearest(key, present ?? []);
  return {
    code: 'CAFE232',
    verdict: 'proven',
    key: `${kind} ${namespace}/${name} ${key}`,
    sentence: `${kind} ${namespace}/${name} has no key ${key}, which ${title} reads${present === undefined ? '' : `; it has ${present.join(', ') || 'none'}`}`,
    evidence,
    breaks: [title],
    mend:
      likely === undefined
        ? `add ${key} to ${kind} ${namespace}/${name}`
        : `read ${likely} in ${title}, or rename that key in ${kind} ${name} to ${key}`,
  };
}

function keysOf(
  cluster: LiveCluster,
  kind: string,
  namespace: string,
  name: string,
): readonly string[] | undefined {
  const object = cluster.find(kind, namespace, name);
  return (
    object &&
    [object['data'], object['binaryData']].flatMap((data) => (isRecord(data) ? Object.keys(data) : []))
  );
}

/** What a running pod refers to and is gone: it fails when it starts next. */
function ofReferences(cluster: LiveCluster): readonly Cause[] {
  return references(cluster.declared).flatMap(({ workload, field, kind, name, key }): Cause[] => {
    // Nobody needs the Secret of a registry that lets everybody in.
    if (field === 'imagePullSecrets' || workload.kind === 'CronJob') return [];
    // An operator makes what its own kinds need.
    if (workload.kind === 'Cluster') return [];
    const namespace = kind === 'PriorityClass' ? '' : workload.namespace;
    if (!cluster.isRead(kind, namespace) || (kind === 'ServiceAccount' && name === 'default')) return [];
    const wanted = { namespace, title: titleOf(workload), kind, name };
    const evidence: Evidence = {
      object: titleOf(workload),
      field: `${workload.podPath}.${field}`,
      value: key === undefined ? `${kind} ${name}` : `key ${key} of ${kind} ${name}`,
    };
    if (!cluster.has(kind, namespace, name)) return [missingObject(cluster, wanted, [evidence])];
    const keys = key === undefined ? undefined : keysOf(cluster, kind, namespace, name);
    return key === undefined || !keys || keys.includes(key)
      ? []
      : [missingKey(cluster, { ...wanted, key }, [evidence])];
  });
}

/** Hosts that no Service has, in the words of the checks. */
function ofHosts(cluster: LiveCluster): readonly Cause[] {
  const problems = missingService.problems(cluster.declared, {});
  return connections(cluster.declared).flatMap(({ workload, address, resolution }): Cause[] => {
    if (resolution.kind !== 'missing' || !cluster.isRead('Service', resolution.namespace)) return [];
    const field = `${workload.podPath}.${address.variable.field}`;
    const problem = problems.find((each) => each.object === titleOf(workload) && each.field === field);
    const live = cluster.workloads.find(({ title }) => title === titleOf(workload));
    if (!problem || !live) return [];
    const verdict: Verdict = isWorkloadWell(live) ? 'likely' : 'proven';
    return [
      {
        code: 'CAFE233',
        verdict,
        key: `${workload.namespace} ${address.host}`,
        sentence: `${live.title} is configured with the host ${address.host}, which no Service has${problem.likely === undefined ? '' : `; probably meant: ${problem.likely}`}`,
        evidence: [{ object: live.title, field, value: problem.found }],
        breaks: isWorkloadWell(live) ? [] : [live.title],
        mend: problem.change,
        ...(verdict === 'likely'
          ? {
              decide:
                'the pods are ready all the same: whether they use this host shows when they are asked for what needs it',
            }
          : {}),
      },
    ];
  });
}

const titleOfPod = ({ metadata }: Live<'Pod'>): string => `Pod ${metadata.namespace}/${metadata.name}`;

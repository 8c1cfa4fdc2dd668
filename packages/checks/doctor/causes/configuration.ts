import { titleOf } from '../../model/manifest.js';
import { missingService } from '../../proofs/connections/missing-service.js';
import { connections } from '../../model/connections.js';
import { references } from '../../proofs/references/references.js';
import { helmReleases, servicesOfReleases } from '../model/helm-releases.js';
import type { LiveCluster, LiveWorkload } from '../model/live-cluster.js';
import type { Live } from '../model/live-schemas.js';
import { containersOf, titleOfPod } from '../model/pod-state.js';
import { isWorkloadWell } from '../model/progress.js';
import { absence, keysOf, missingKey, missingObject } from './absence.js';
import type { Cause, Evidence, Verdict } from './cause.js';
import { kindAndName } from './placing.js';

const CREATING = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
  'ContainerCannotRun',
]);

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
  const event = cluster.recentEvent(titleOfPod(pod), ({ reason }) => reason === 'FailedMount');
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
    const live = cluster.workload(titleOf(workload));
    if (!problem || !live) return [];
    const [made] = servicesOfReleases(cluster, resolution.namespace, address.port);
    const meant = made
      ? `; Helm release ${made.release} made Service ${made.service} for this port: the name of the release and this host do not agree`
      : problem.likely === undefined
        ? ''
        : `; probably meant: ${problem.likely}`;
    const verdict: Verdict = isWorkloadWell(live) ? 'likely' : 'proven';
    return [
      {
        code: 'CAFE233',
        verdict,
        key: `${workload.namespace} ${address.host}`,
        sentence: `${live.title} is configured with the host ${address.host}, which no Service has${meant}`,
        evidence: [
          { object: live.title, field, value: problem.found },
          ...recordOf(cluster, resolution.namespace),
        ],
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

/** Helm's own record of what it installed there: a chart that was never installed, or under another name. */
const recordOf = (cluster: LiveCluster, namespace: string): readonly Evidence[] =>
  cluster.isRead('Secret', namespace)
    ? [
        {
          object: `Namespace ${namespace}`,
          field: 'Helm releases',
          value:
            helmReleases(cluster)
              .filter((release) => release.namespace === namespace)
              .map(({ name, status, revision }) => `${name} (${status}, revision ${revision})`)
              .join(', ') || 'none',
        },
      ]
    : [];

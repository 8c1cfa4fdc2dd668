import type { LiveCluster } from '../model/live-cluster.js';
import { titleOfPod } from '../model/pod-state.js';
import type { Live } from '../model/live-schemas.js';
import { nearest } from '../../model/nearest-name.js';
import type { Cause, Evidence } from './cause.js';

const PLACING_SECONDS = 15;
/** A kubelet that is slow mounts within this time, and writes warnings meanwhile. */
const MOUNTING_SECONDS = 40;
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

/** Claims without a volume, and volumes that do not come to their pod. */
export function storageCauses(cluster: LiveCluster): readonly Cause[] {
  return [
    ...cluster.claims.flatMap((claim) => ofClaim(cluster, claim)),
    ...cluster.workloads.flatMap(({ title, pods }) =>
      pods.flatMap((pod) => [...missingClaims(cluster, title, pod), ...ofMounts(cluster, title, pod)]),
    ),
  ];
}

function ofClaim(cluster: LiveCluster, claim: Live<'Claim'>): readonly Cause[] {
  const { namespace, name, creationTimestamp } = claim.metadata;
  const title = `PersistentVolumeClaim ${namespace}/${name}`;
  const users = cluster.workloads.flatMap((workload) =>
    workload.pods.some((pod) => claimsOf(pod).includes(name) && workload.namespace === namespace)
      ? [workload.title]
      : [],
  );
  const phase: Evidence = {
    object: title,
    field: 'status.phase',
    value: claim.status.phase,
    at: creationTimestamp,
  };
  if (claim.status.phase === 'Lost') {
    return [
      {
        code: 'CAFE246',
        verdict: 'proven',
        key: title,
        sentence: `${title} has lost its volume ${claim.spec.volumeName ?? ''}`,
        evidence: [phase],
        breaks: [title, ...users],
        mend: `kubectl get pv ${claim.spec.volumeName ?? ''}   # restore it, or restore the data from a backup into a new claim`,
      },
    ];
  }
  if (claim.status.phase !== 'Pending' || cluster.secondsSince(creationTimestamp) < PLACING_SECONDS)
    return [];
  const wanted = claim.spec.volumeName;
  if (
    wanted !== undefined &&
    cluster.isRead('PersistentVolume', '') &&
    !cluster.has('PersistentVolume', '', wanted)
  ) {
    return [
      {
        code: 'CAFE243',
        verdict: 'proven',
        key: title,
        sentence: `${title} is made for the volume ${wanted}, which is not there`,
        evidence: [{ ...phase, field: 'spec.volumeName', value: wanted }],
        breaks: [title, ...users],
        mend: `kubectl get pv   # restore ${wanted}, or make ${title} anew without spec.volumeName`,
      },
    ];
  }
  const className = claim.spec.storageClassName;
  const names = cluster.storageClasses.map(({ metadata }) => metadata.name);
  if (cluster.isRead('StorageClass', '')) {
    if (
      className === undefined &&
      !cluster.storageClasses.some(({ metadata }) => metadata.annotations[DEFAULT_CLASS] === 'true')
    ) {
      return [
        noClass(
          title,
          users,
          phase,
          `${title} names no storage class, and the cluster has no default one`,
          names[0] === undefined
            ? 'install a storage provisioner'
            : `kubectl annotate storageclass ${names[0]} ${DEFAULT_CLASS}=true`,
        ),
      ];
    }
    if (className !== undefined && className !== '' && !names.includes(className)) {
      const likely = nearest(className, names) ?? names[0];
      return [
        noClass(
          title,
          users,
          { ...phase, field: 'spec.storageClassName', value: className },
          `${title} wants the storage class ${className}, which is not there; there ${names.length === 0 ? 'is none' : `are ${names.join(', ')}`}`,
          `make ${title} anew with storageClassName ${likely ?? 'of a class that is there'}: a claim's class cannot be changed`,
        ),
      ];
    }
  }
  const failed = cluster.recentEvent(title, ({ reason }) =>
    /^(?:ProvisioningFailed|FailedBinding)$/.test(reason),
  );
  if (!failed || users.length === 0) return [];
  return [
    {
      code: 'CAFE243',
      verdict: 'proven',
      key: title,
      sentence: `${title} gets no volume: ${failed.message}`,
      evidence: [{ object: title, field: `event ${failed.reason}`, value: failed.message, at: failed.at }],
      breaks: [title, ...users],
      mend: `kubectl -n ${namespace} describe pvc ${name}   # and mend what the provisioner names`,
    },
  ];
}

const noClass = (
  title: string,
  users: readonly string[],
  evidence: Evidence,
  sentence: string,
  mend: string,
): Cause => ({
  code: 'CAFE242',
  verdict: 'proven',
  key: title,
  sentence,
  evidence: [evidence],
  breaks: [title, ...users],
  mend,
});

const claimsOf = ({ spec }: Live<'Pod'>): readonly string[] =>
  spec.volumes.flatMap(({ persistentVolumeClaim }) =>
    persistentVolumeClaim ? [persistentVolumeClaim.claimName] : [],
  );

function missingClaims(cluster: LiveCluster, workload: string, pod: Live<'Pod'>): readonly Cause[] {
  const { namespace, creationTimestamp } = pod.metadata;
  if (
    !cluster.isRead('PersistentVolumeClaim', namespace) ||
    cluster.secondsSince(creationTimestamp) < PLACING_SECONDS
  )
    return [];
  return claimsOf(pod).flatMap((claim): Cause[] => {
    if (cluster.has('PersistentVolumeClaim', namespace, claim)) return [];
    const likely = cluster.nearestName('PersistentVolumeClaim', namespace, claim);
    return [
      {
        code: 'CAFE241',
        verdict: 'proven',
        key: `PersistentVolumeClaim ${namespace}/${claim}`,
        sentence: `claim ${namespace}/${claim}, which ${workload} mounts, is not there${likely === undefined ? '' : `; ${likely} is, and is probably meant`}`,
        evidence: [
          {
            object: titleOfPod(pod),
            field: 'spec.volumes.persistentVolumeClaim.claimName',
            value: claim,
          },
        ],
        breaks: [workload],
        mend:
          likely === undefined
            ? `kubectl apply -f   # a PersistentVolumeClaim ${claim} in namespace ${namespace}`
            : `name the claim ${likely} in ${workload}`,
      },
    ];
  });
}

function ofMounts(cluster: LiveCluster, workload: string, pod: Live<'Pod'>): readonly Cause[] {
  if (
    pod.status.phase !== 'Pending' ||
    cluster.secondsSince(pod.metadata.creationTimestamp) < MOUNTING_SECONDS
  )
    return [];
  // Containers that were made have their volumes.
  const statuses = [...pod.status.initContainerStatuses, ...pod.status.containerStatuses];
  if (
    !statuses.every(
      ({ state, restartCount }) =>
        restartCount === 0 && /^(?:ContainerCreating|PodInitializing)$/.test(state.waiting?.reason ?? ''),
    )
  )
    return [];
  const title = titleOfPod(pod);
  const event = cluster.recentEvent(
    title,
    ({ reason, message }) =>
      /^(?:FailedAttachVolume|FailedMount)$/.test(reason) &&
      !/(?:configmap|secret) "[^"]+" not found|non-existent (?:secret|config) key|object "[^"]+" not registered|failed to sync/i.test(
        message,
      ),
  );
  if (!event) return [];
  const node = pod.spec.nodeName;
  return [
    {
      code: 'CAFE244',
      verdict: 'proven',
      key: workload,
      sentence: `a volume of ${workload} ${event.message.includes('Multi-Attach') ? 'is still attached to another node' : 'cannot be mounted'}: ${event.message}`,
      evidence: [{ object: title, field: `event ${event.reason}`, value: event.message, at: event.at }],
      breaks: [workload],
      mend: `kubectl -n ${pod.metadata.namespace} describe pod ${pod.metadata.name}   # mend what the message names`,
      ...(node === undefined
        ? {}
        : {
            blames: cluster.nodes
              .filter(({ metadata }) => metadata.name !== node)
              .map(({ metadata }) => `Node ${metadata.name}`),
          }),
    },
  ];
}

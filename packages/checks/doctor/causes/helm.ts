import { type HelmRelease, helmReleases, RELEASE_NAME } from '../model/helm-releases.js';
import type { LiveCluster } from '../model/live-cluster.js';
import { isWorkloadWell } from '../model/progress.js';
import type { Cause } from './cause.js';

/** Helm waits five minutes unless it is told otherwise, and nobody tells it to wait that long. */
const INTERRUPTED_SECONDS = 1800;
/** A record of what was given up is no fault of today. */
const FORGOTTEN_SECONDS = 86_400;

/** Releases that Helm did not bring to their end. */
export function helmCauses(cluster: LiveCluster): readonly Cause[] {
  return helmReleases(cluster).flatMap((release): readonly Cause[] => {
    if (release.status === 'failed') return failed(cluster, release);
    const isUnderWay = /^(?:pending-|uninstalling)/.test(release.status);
    return isUnderWay && cluster.secondsSince(release.at) > INTERRUPTED_SECONDS ? [interrupted(release)] : [];
  });
}

const titleOfRelease = ({ namespace, name }: HelmRelease): string => `Helm release ${namespace}/${name}`;

/** It failed because of what it installed, or before it installed anything. What has healed since is well. */
function failed(cluster: LiveCluster, release: HelmRelease): readonly Cause[] {
  const { namespace, name, revision, said, at } = release;
  const own = cluster.workloads.filter(
    ({ live }) =>
      live?.metadata.namespace === namespace &&
      (live.metadata.annotations[RELEASE_NAME] === name ||
        (live.metadata.annotations['helm.sh/hook'] !== undefined && said.includes(live.metadata.name))),
  );
  const isLeft = own.length === 0 && cluster.secondsSince(at) > FORGOTTEN_SECONDS;
  if (isLeft || (own.length > 0 && own.every(isWorkloadWell))) return [];
  return [
    {
      code: 'CAFE297',
      verdict: 'proven',
      key: titleOfRelease(release),
      sentence: `${titleOfRelease(release)} failed at revision ${revision}: ${said}`,
      evidence: [
        { object: titleOfRelease(release), field: `status of revision ${revision}`, value: 'failed', at },
      ],
      breaks: [titleOfRelease(release)],
      mend: `helm -n ${namespace} status ${name}   # mend what it names, then: helm upgrade --install ${name} CHART -n ${namespace}`,
      blames: own.map(({ title }) => title),
      // What it waited for may only be slow.
      mayPass: own.length > 0,
    },
  ];
}

function interrupted(release: HelmRelease): Cause {
  const { namespace, name, revision, status, at } = release;
  return {
    code: 'CAFE297',
    verdict: 'proven',
    key: titleOfRelease(release),
    sentence: `${titleOfRelease(release)} stands at ${status} since ${at}: Helm was interrupted there, and refuses every other upgrade`,
    evidence: [
      { object: titleOfRelease(release), field: `status of revision ${revision}`, value: status, at },
    ],
    breaks: [titleOfRelease(release)],
    mend: `kubectl -n ${namespace} delete secret sh.helm.release.v1.${name}.v${revision}   # the record of this revision alone; then the same helm command again`,
  };
}

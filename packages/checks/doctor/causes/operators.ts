import type { LiveCluster } from '../model/live-cluster.js';
import type { Cause } from './cause.js';

/** Phases of CloudNativePG in which it cannot go on by itself; the others are well, or under way. */
const STUCK = /unrecoverable|not enough disk|cannot|unable|fail(?!ing? ?over)|invalid|incomplete|manual/i;

/** What operators say of their databases. */
export function operatorCauses(cluster: LiveCluster): readonly Cause[] {
  return cluster.postgresClusters.flatMap(({ metadata: { namespace, name }, status }): Cause[] => {
    if (!STUCK.test(status.phase)) return [];
    const title = `Cluster ${namespace}/${name}`;
    return [
      {
        code: 'CAFE288',
        verdict: 'proven',
        key: title,
        sentence: `${title} of CloudNativePG: ${status.phase}${status.phaseReason === '' ? '' : `: ${status.phaseReason}`}`,
        evidence: [{ object: title, field: 'status.phase', value: status.phase }],
        breaks: [title],
        mend: `kubectl -n ${namespace} describe clusters.postgresql.cnpg.io ${name}   # and change what its phase names`,
        blames: [title],
      },
    ];
  });
}

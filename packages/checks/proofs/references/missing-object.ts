import { EXTERNAL } from '@cafe-lumiere/contract';
import type { Cluster } from '../../model/cluster.js';
import { titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';
import { isThere, podProblem, type Reference, references } from './references.js';

/** Each object that a pod refers to is among the manifests, or is declared to come from elsewhere. */
export const missingObject = {
  id: 'CAFE021',
  title: 'A ConfigMap, Secret, ServiceAccount, claim or priority class is not there',
  why: 'The pod stays in ContainerCreating or CreateContainerConfigError, and a rollout waits for it until its deadline. A new node shows it, too, although the old pods still run.',
  problems: (cluster) =>
    references(cluster).flatMap((reference) =>
      isThere(cluster, reference) ? [] : [problem(cluster, reference)],
    ),
} as const satisfies Proof;

function problem(cluster: Cluster, { workload, field, kind, name }: Reference): Problem {
  const { namespace } = workload;
  const same = cluster.manifests.filter((each) => each.kind === kind);
  const likely = nearest(
    name,
    same.flatMap((each) => (each.namespace === namespace ? [each.name] : [])),
  );
  const elsewhere = same.find((each) => each.name === name);
  return podProblem(workload, field, {
    cause: titleOf({ kind, namespace, name }),
    // Somebody may have made it by hand; only a name that is nearly another's is proven to be wrong. Without a Secret to pull
    // with, the kubelet tries without one.
    severity: likely !== undefined || elsewhere ? 'broken' : field === 'imagePullSecrets' ? 'advice' : 'risk',
    found: `${titleOf({ kind, namespace, name })}, which is not among the manifests`,
    expected: `an object that is there${elsewhere ? `; the one of the namespace ${elsewhere.namespace} cannot be used from here` : ''}, or one that is declared to come from elsewhere`,
    likely,
    change: `name ${likely ?? 'one that is there'}, add it, or annotate the ${workload.kind} with ${EXTERNAL}: ${kind}/${name} if somebody else makes it`,
  });
}

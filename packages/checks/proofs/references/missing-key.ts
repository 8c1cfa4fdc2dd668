import type { Cluster } from '../../model/cluster.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';
import { podProblem, type Reference, references } from './references.js';

/** Each key that a pod refers to is in its ConfigMap or Secret. */
export const missingKey = {
  id: 'CAFE022',
  title: 'A key of a ConfigMap or Secret is not there',
  why: 'The object is there, so the mistake is easily missed; the container still does not start, with CreateContainerConfigError.',
  problems: (cluster) =>
    references(cluster).flatMap((reference): Problem[] => {
      const { workload, field, keyField = field, kind, name, key, paths } = reference;
      const entries = entriesOf(cluster, reference);
      if (key === undefined || !entries) return [];
      const present = paths ?? entries.flatMap((each) => Object.keys(each));
      if (present.includes(key)) return [];
      const isMount = keyField.endsWith('.subPath');
      const likely = nearest(key, present);
      return [
        podProblem(workload, keyField, {
          found: `${isMount ? 'file' : 'key'} ${key} of ${kind} ${workload.namespace}/${name}`,
          expected: `a ${isMount ? 'file' : 'key'} that it has: ${present.join(', ') || 'it is empty'}; without it ${isMount ? 'an empty folder of that name is mounted' : 'the container does not start (CreateContainerConfigError)'}`,
          likely,
          change: `refer to ${likely ?? 'one of those'}, or add ${key} to ${kind} ${name}`,
        }),
      ];
    }),
} as const satisfies Proof;

/** What the object holds by key; nothing when it is not here, where its keys are not known. */
function entriesOf(
  cluster: Cluster,
  { workload, kind, name }: Reference,
): readonly Readonly<Record<string, string>>[] | undefined {
  const path = `${workload.namespace}/${name}`;
  if (kind === 'ConfigMap') {
    const map = cluster.configMaps.get(path)?.typed;
    return map && [map.data, map.binaryData];
  }
  const secret = cluster.secrets.get(path)?.typed;
  return secret && [secret.data, secret.stringData];
}

import { containersOf } from '../../model/containers.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';
import { podProblem } from './references.js';

/** Each mount has its volume. */
export const missingVolume = {
  id: 'CAFE023',
  title: 'A mounted volume is not there',
  why: 'The API server refuses the whole workload: what is applied beside it arrives, and this does not.',
  problems: (cluster) =>
    cluster.workloads.flatMap((workload) => {
      const names = new Set([
        ...workload.pod.volumes.map(({ name }) => name),
        ...(workload.spec?.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name),
      ]);
      return containersOf(workload).flatMap(({ list, container }) =>
        container.volumeMounts.flatMap(({ name }): Problem[] => {
          if (names.has(name)) return [];
          const likely = nearest(name, names);
          return [
            podProblem(workload, `${list}[${container.name}].volumeMounts[${name}]`, {
              found: `a volume ${name} that the pod does not have`,
              expected: `one of its volumes: ${[...names].join(', ') || 'it has none'}`,
              likely,
              change: `mount ${likely ?? 'one of those'}, or add the volume ${name}`,
            }),
          ];
        }),
      );
    }),
} as const satisfies Proof;

import type { Workload } from '../../model/cluster.js';
import { titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';

/** A StatefulSet's pods get their names from a headless Service that must be there. */
export const headlessService = {
  id: 'CAFE077',
  title: 'A StatefulSet without its headless Service',
  why: 'The pods have no names of their own in DNS: peers do not find each other, and clients that name one pod fail.',
  problems: (cluster) =>
    cluster.workloads.flatMap((workload): Problem[] => {
      const name = governingService(workload);
      if (name === undefined) return [];
      const service = cluster.services.get(`${workload.namespace}/${name}`);
      if (service?.typed.spec.clusterIP === 'None') return [];
      const likely = nearest(
        name,
        [...cluster.services.values()].flatMap((each) =>
          each.namespace === workload.namespace && each.typed.spec.clusterIP === 'None' ? [each.name] : [],
        ),
      );
      return [
        {
          // The pods run without names of their own, which is enough for most programs of one pod.
          severity:
            likely !== undefined
              ? 'broken'
              : service || (workload.spec?.replicas ?? 1) < 2
                ? 'advice'
                : 'risk',
          object: titleOf(workload),
          field: 'spec.serviceName',
          found: service ? `${name}, which has an address of its own` : `${name}, which is not there`,
          expected: 'a headless Service (clusterIP: None): it makes the names of the pods',
          likely,
          change: 'add a headless Service of that name, beside the one that clients use',
        },
      ];
    }),
} as const satisfies Proof;

const governingService = ({ kind, spec }: Workload): string | undefined =>
  kind === 'StatefulSet' && spec?.serviceName !== '' ? spec?.serviceName : undefined;

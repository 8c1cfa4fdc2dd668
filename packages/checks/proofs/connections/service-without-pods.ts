import { titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';
import { selectingServices } from '../../model/selecting-services.js';

/** Each Service that selects pods picks some. */
export const serviceWithoutPods = {
  id: 'CAFE004',
  title: 'The Service selects no pod',
  problems: (cluster) =>
    selectingServices(cluster).flatMap(({ service, selector, targets }): Problem[] => {
      if (targets.length > 0) return [];
      const written = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
      const likely = nearest(
        written.join(','),
        cluster.pods.inNamespace(service.namespace).flatMap(({ podLabels }) => {
          const labels = Object.keys(selector).flatMap((key) =>
            podLabels[key] === undefined ? [] : [`${key}=${podLabels[key]}`],
          );
          return labels.length === written.length ? [labels.join(',')] : [];
        }),
      );
      return [
        {
          object: titleOf(service),
          field: 'spec.selector',
          found: written.join(', '),
          expected:
            'labels that the pods of some workload in the same namespace carry; these pick no pod, so every connection is refused',
          likely,
          change: `set spec.selector to ${likely ?? "the labels of the pods' template"}`,
        },
      ];
    }),
} as const satisfies Proof;

import { isMade } from '../../model/made-objects.js';
import { titleOf } from '../../model/manifest.js';
import { mayBeOfOperator } from '../../model/operator-pods.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';
import { selectingServices } from '../../model/selecting-services.js';

/** Each Service that selects pods picks some. */
export const serviceWithoutPods = {
  id: 'CAFE004',
  title: 'The Service selects no pod',
  why: 'The Service is there and has no endpoints. Clients get a refused connection or a 503, while all pods are healthy.',
  problems: (cluster) =>
    selectingServices(cluster).flatMap(({ service, selector, targets }): Problem[] => {
      if (
        targets.length > 0 ||
        isMade(cluster, 'Service', service.namespace, service.name) ||
        mayBeOfOperator(cluster, service.namespace, { matchLabels: { ...selector }, matchExpressions: [] })
      ) {
        return [];
      }
      const written = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
      const here = cluster.pods.inNamespace(service.namespace);
      const likely = nearest(
        written.join(','),
        here.flatMap(({ podLabels }) => {
          const labels = Object.keys(selector).flatMap((key) =>
            podLabels[key] === undefined ? [] : [`${key}=${podLabels[key]}`],
          );
          return labels.length === written.length ? [labels.join(',')] : [];
        }),
      );
      const isMeant =
        likely !== undefined ||
        here.some(
          ({ name, podLabels }) =>
            name === service.name ||
            Object.entries(selector).some(([key, value]) => podLabels[key] === value),
        );
      return [
        {
          // Pods that are like nothing here may be made by somebody else.
          severity: isMeant ? 'broken' : 'advice',
          object: titleOf(service),
          field: 'spec.selector',
          found: written.join(', '),
          expected: `labels that the pods of some workload in the same namespace carry; these pick no pod${isMeant ? ', so every connection is refused' : ' of these manifests'}`,
          likely,
          change: `set spec.selector to ${likely ?? "the labels of the pods' template"}`,
        },
      ];
    }),
} as const satisfies Proof;

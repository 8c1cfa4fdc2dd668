import { titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';

/** Each path of an ingress leads to a Service. */
export const ingressBackend = {
  id: 'CAFE027',
  title: 'An ingress leads to no Service',
  problems: (cluster) =>
    cluster.ingresses.flatMap((ingress) =>
      ingress.typed.spec.rules.flatMap(({ http }) =>
        (http?.paths ?? []).flatMap(({ backend: { service } }): Problem[] => {
          if (!service || cluster.services.has(`${ingress.namespace}/${service.name}`)) return [];
          const likely = nearest(
            service.name,
            [...cluster.services.values()].flatMap((each) =>
              each.namespace === ingress.namespace ? [each.name] : [],
            ),
          );
          return [
            {
              object: titleOf(ingress),
              field: 'spec.rules[].http.paths[].backend.service.name',
              found: service.name,
              expected: 'a Service of the same namespace; without one the ingress answers 503',
              likely,
              change: `set the backend to ${likely ?? 'a Service that is there'}`,
            },
          ];
        }),
      ),
    ),
} as const satisfies Proof;

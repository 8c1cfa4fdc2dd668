import type { Typed, Workload } from './cluster.js';
import { once } from './once.js';

/** A Service that selects pods, with its selector and those that it picks. */
export interface SelectingService {
  readonly service: Typed<'Service'>;
  readonly selector: Readonly<Record<string, string>>;
  readonly targets: readonly Workload[];
}

/** Every Service that selects pods; one without a selector, or with an external name, does not. */
export const selectingServices = once((cluster): readonly SelectingService[] =>
  [...cluster.services.values()].flatMap((service): SelectingService[] => {
    const { selector, type } = service.typed.spec;
    if (!selector || Object.keys(selector).length === 0 || type === 'ExternalName') return [];
    return [{ service, selector, targets: cluster.pods.withLabels(service.namespace, selector) }];
  }),
);

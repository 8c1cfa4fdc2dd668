import { runsForever, type Workload } from '../../model/cluster.js';
import { labelsText } from '../../model/label-selector.js';
import { titleOf } from '../../model/manifest.js';
import { selectingServices } from '../../model/selecting-services.js';
import type { Problem, Proof } from '../proof.js';

/** A Service over pods of different programs sends one in two requests to the wrong one. */
export const mixedService = {
  id: 'CAFE078',
  severity: 'risk',
  title: 'A Service over pods of different programs',
  why: 'The Service hands each request to one of several programs by chance: half of the clicks fail.',
  problems: (cluster) =>
    selectingServices(cluster).flatMap(({ service, selector, targets: selected }): Problem[] => {
      const targets = selected.filter(runsForever);
      const [first] = targets;
      if (!first || targets.every((each) => program(each) === program(first))) return [];
      return [
        {
          object: titleOf(service),
          field: 'spec.selector',
          found: `${labelsText(selector)}, which picks ${targets.slice(0, 4).map(titleOf).join(' and ')}`,
          expected: 'labels of one program: these run different images, and requests for one reach the other',
          likely: cluster.find('Deployment', service.namespace, service.name)
            ? `app=${service.name}`
            : undefined,
          change: `select by a label that only one of them carries, such as app: ${service.name}`,
        },
      ];
    }),
} as const satisfies Proof;

/** Two versions of one program are there on purpose: a canary, the blue and the green. */
const VERSION = /-(?:canary|stable|baseline|primary|preview|active|blue|green|v\d+)\b/g;

const program = ({ pod }: Workload): string =>
  pod.containers.map(({ image }) => image.replace(/[:@][^/]*$/, '').replaceAll(VERSION, '')).join(' ');

import type { Manifest } from '../model/manifest.js';
import { Cluster } from '../model/cluster.js';
import { titleOf } from '../model/manifest.js';
import { selectorText } from '../model/label-selector.js';
import type { ChartProblem, ChartProof } from './chart-proof.js';
import type { Rendering } from './renderings.js';

/** The Services of a release lead to its own pods alone, and so do its other selectors. */
export const podsOfOthers = {
  id: 'CAFE113',
  severity: 'risk',
  title: 'A selector of a release picks the pods of another release',
  why: "As soon as there are two releases, each one's Service hands half of its requests to the other one's pods.",
  problems: ({ together }) =>
    together.flatMap(([one, other]) => [...picking(one, other), ...picking(other, one)]),
} as const satisfies ChartProof;

function picking(own: Rendering, others: Rendering): ChartProblem[] {
  const titles = new Set(own.manifests.map(titleOf));
  // What both make is said already, and an apply leaves one of it.
  const foreign = new Cluster(others.manifests.filter((each) => !titles.has(titleOf(each))));
  return selectors(own.cluster).flatMap(({ manifest, field, matchLabels, matchExpressions }) => {
    const selector = { matchLabels, matchExpressions };
    const [picked] = foreign.pods.selectedBy(manifest.namespace, selector);
    const isEmpty = Object.keys(matchLabels).length + matchExpressions.length === 0;
    if (!picked || isEmpty || own.cluster.pods.selectedBy(manifest.namespace, selector).length === 0)
      return [];
    return [
      {
        manifest,
        rendering: own,
        problem: {
          when: `the releases ${own.variation.release} and ${others.variation.release} in one namespace`,
          field,
          found: `${selectorText(selector)}, which also picks the pods of ${titleOf(picked)}`,
          expected: 'labels that only the pods of its own release carry',
          likely: `app.kubernetes.io/instance=${own.variation.release}, besides`,
          change: 'add app.kubernetes.io/instance: {{ .Release.Name }} to the selector and to the pods',
        },
      },
    ];
  });
}

interface Selector {
  readonly manifest: Manifest;
  readonly field: string;
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: Parameters<typeof selectorText>[0]['matchExpressions'];
}

/** Of what picks pods by labels. */
const selectors = (cluster: Cluster): Selector[] => [
  ...[...cluster.services.values()].flatMap((manifest) =>
    manifest.typed.spec.selector
      ? [
          {
            manifest,
            field: 'spec.selector',
            matchLabels: manifest.typed.spec.selector,
            matchExpressions: [],
          },
        ]
      : [],
  ),
  ...cluster.workloads.flatMap((manifest) =>
    manifest.selector ? [{ manifest, field: 'spec.selector', ...manifest.selector }] : [],
  ),
  ...cluster.budgets.flatMap((manifest) =>
    manifest.typed.spec.selector
      ? [{ manifest, field: 'spec.selector', ...manifest.typed.spec.selector }]
      : [],
  ),
  ...cluster.policies.map((manifest) => ({
    manifest,
    field: 'spec.podSelector',
    ...manifest.typed.spec.podSelector,
  })),
];

import { isDeepStrictEqual } from 'node:util';
import { type Cluster, runsForever, type Workload } from '../../model/cluster.js';
import { labelsText, matches, selectorText } from '../../model/label-selector.js';
import { titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import type { LabelSelector } from '../../model/schemas.js';
import type { Problem, Proof } from '../proof.js';

/** Labels that change with a release: a selector that has one can never be applied again. */
const CHANGING =
  /^(?:app\.kubernetes\.io\/version|version|helm\.sh\/chart|chart|pod-template-hash|controller-revision-hash)$/;

/** A selector picks the pods of its own template and no others, by labels that stay. */
export const selector = {
  id: 'CAFE076',
  title: 'A selector that does not fit its template, changes, or picks the pods of others',
  why: 'The API server refuses the workload, or its next version; or an autoscaler, and whoever else reads the selector, counts the pods of another workload as its own.',
  problems: (cluster) =>
    cluster.workloads.flatMap((workload) =>
      workload.selector && runsForever(workload)
        ? [
            ...ownTemplate(workload, workload.selector),
            ...changing(workload, workload.selector),
            ...others(cluster, workload, workload.selector),
          ]
        : [],
    ),
} as const satisfies Proof;

function ownTemplate(workload: Workload, own: LabelSelector): Problem[] {
  if (matches(own, workload.podLabels)) return [];
  const labels = labelsText(workload.podLabels);
  return [
    {
      object: titleOf(workload),
      field: 'spec.selector',
      found: selectorText(own),
      expected: `labels that its own template carries: ${labels}; the API server refuses the object`,
      likely: nearest(selectorText(own), [labels]),
      change: "make the selector and the template's labels agree",
    },
  ];
}

function changing(workload: Workload, { matchLabels }: LabelSelector): Problem[] {
  const key = Object.keys(matchLabels).find((each) => CHANGING.test(each));
  // One object for each version, as meshes have them: its version never changes, nor does "v1".
  const value = matchLabels[key ?? ''] ?? '';
  if (key === undefined || workload.name.endsWith(`-${value}`) || /^v\d+$/.test(value)) return [];
  return [
    {
      severity: 'risk',
      object: titleOf(workload),
      field: `spec.selector.matchLabels[${key}]`,
      found: `${key}=${value}`,
      expected: 'labels that never change: a selector is immutable, so the next version cannot be applied',
      change: `take ${key} out of the selector; it may stay on the template`,
    },
  ];
}

/** Controllers know the pods that they have made; who reads the selector, such as an autoscaler, counts the others as well. */
function others(cluster: Cluster, workload: Workload, own: LabelSelector): Problem[] {
  const other = cluster.pods
    .selectedBy(workload.namespace, own)
    .find((each) => each !== workload && runsForever(each) && each.kind !== 'Pod');
  if (!other) return [];
  const isCopy = isDeepStrictEqual(workload.podLabels, other.podLabels);
  const isScaled = cluster.autoscalers.some(({ namespace, typed: { spec } }) =>
    [workload, other].some(
      (each) =>
        each.namespace === namespace &&
        each.kind === spec.scaleTargetRef.kind &&
        each.name === spec.scaleTargetRef.name,
    ),
  );
  return [
    {
      severity: isCopy || isScaled ? 'risk' : 'advice',
      object: titleOf(workload),
      field: 'spec.selector',
      found: `${selectorText(own)}, which also picks the pods of ${titleOf(other)}`,
      expected: 'labels that only its own pods carry',
      likely: `app=${workload.name}`,
      change: `add a label of its own to the selector and the template, such as app: ${workload.name}`,
    },
  ];
}

import type { Cluster, Typed } from '../../model/cluster.js';
import { titleOf } from '../../model/manifest.js';

/** An autoscaler. */
export type Autoscaler = Typed<'HorizontalPodAutoscaler'>;

/** What an autoscaler scales, in the words of a workload's title. */
export const targetTitle = ({ namespace, typed: { spec } }: Autoscaler): string =>
  titleOf({ ...spec.scaleTargetRef, namespace });

/** The autoscalers by the title of what they scale. */
export const autoscalersByTarget = (cluster: Cluster): ReadonlyMap<string, Autoscaler> =>
  new Map(cluster.autoscalers.map((autoscaler) => [targetTitle(autoscaler), autoscaler]));

/**
 * The pods that an IntOrString of Kubernetes means: a number, or a percentage of all. `maxSurge` and `minAvailable` round
 * up, a rollout's `maxUnavailable` down.
 */
export function podsOf(value: number | string, all: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  if (percent === undefined) return Number.NaN;
  const exact = (Number(percent) * all) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

/** A number of pods, or a percentage of all: `maxSurge` and `minAvailable` round up, a rollout's `maxUnavailable` down. */
export function absolute(value: number | string, of: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  if (percent === undefined) return Number.NaN;
  const exact = (Number(percent) * of) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

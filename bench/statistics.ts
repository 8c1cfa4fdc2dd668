/** The middle of the numbers. */
export function median(numbers: readonly number[]): number {
  return percentile(numbers, 50);
}

/** The number below which so many of a hundred lie. */
export function percentile(numbers: readonly number[], percent: number): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

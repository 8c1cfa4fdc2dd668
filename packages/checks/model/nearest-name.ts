/**
 * The candidate that is nearest to what was written, when it is near enough to have been meant: at most a third of the
 * letters differ, or one begins with the other.
 */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    // A bound first: the distance is never less than the difference in length.
    if (best && Math.abs(candidate.length - written.length) >= best.distance) continue;
    const near = candidate.startsWith(written) || written.startsWith(candidate);
    const distance = near && written.length > 2 ? 1 : editDistance(written, candidate);
    if (!best || distance < best.distance) best = { candidate, distance };
  }
  return best && best.distance <= Math.max(2, Math.floor(written.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein's distance, in one row. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const above = row[j] ?? 0;
      const diagonal = row[j - 1] ?? 0;
      const before = next[j - 1] ?? 0;
      next.push(Math.min(above + 1, before + 1, diagonal + (left[i - 1] === right[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

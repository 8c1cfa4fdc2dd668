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

/** Whether a text is one of the names but for a letter; for two, a name has eight letters or more. */
export function isNearly(written: string, names: Iterable<string>): boolean {
  const allowed = written.length >= 8 ? 2 : written.length >= 4 ? 1 : 0;
  for (const name of names) {
    if (Math.abs(name.length - written.length) <= allowed && editDistance(written, name) <= allowed)
      return true;
  }
  return false;
}

/** Levenshtein's distance in which two letters that changed places are one mistake. */
function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]
          ? (before[j - 2] ?? 0) + 1
          : changed;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed, swapped));
    }
    [before, row] = [row, next];
  }
  return row[right.length] ?? 0;
}

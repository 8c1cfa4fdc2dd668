/** Lines around a change that are shown with it. */
const AROUND = 3;

/**
 * What changes between two texts, line by line: `-` before what goes, `+` before what comes, and a few lines around it.
 * `…` stands for what is left out.
 */
export function lineDiff(before: string, after: string): readonly string[] {
  const [old, now] = [before.trimEnd().split('\n'), after.trimEnd().split('\n')];
  const marked = [...merged(old, now)];
  const isNear = marked.map((_, index) =>
    marked.slice(Math.max(0, index - AROUND), index + AROUND + 1).some((line) => !line.startsWith(' ')),
  );
  return marked.flatMap((line, index) => {
    if (isNear[index]) return [line.trimEnd()];
    return isNear[index - 1] && index < marked.length - 1 ? ['  …'] : [];
  });
}

/** Each line with its mark, by the longest common subsequence. */
function* merged(old: readonly string[], now: readonly string[]): Generator<string> {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row) row[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      yield ` ${old[i] ?? ''}`;
      [i, j] = [i + 1, j + 1];
    } else if (i < old.length && (j === now.length || at(i + 1, j) >= at(i, j + 1))) {
      yield `-${old[i] ?? ''}`;
      i += 1;
    } else {
      yield `+${now[j] ?? ''}`;
      j += 1;
    }
  }
}

import { isDeepStrictEqual } from 'node:util';
import type { ReachLine } from './reach-lines.js';

/** What one set of manifests connects differently from another. */
export interface ReachChanges {
  readonly added: readonly ReachLine[];
  readonly removed: readonly ReachLine[];
  /** The same ends and port by other variables, Services or rules. */
  readonly changed: readonly { readonly was: ReachLine; readonly is: ReachLine }[];
}

/** Compares connections by their ends and port. */
export function reachChanges(before: readonly ReachLine[], after: readonly ReachLine[]): ReachChanges {
  const [old, now] = [byEnds(before), byEnds(after)];
  return {
    added: after.filter((line) => !old.has(endsOf(line))),
    removed: before.filter((line) => !now.has(endsOf(line))),
    changed: after.flatMap((is) => {
      const was = old.get(endsOf(is));
      return was && !isDeepStrictEqual(was, is) ? [{ was, is }] : [];
    }),
  };
}

const endsOf = ({ kind, from, to, port, protocol }: ReachLine): string =>
  [kind, from, to, protocol, port ?? ''].join('\n');

const byEnds = (lines: readonly ReachLine[]): ReadonlyMap<string, ReachLine> =>
  new Map(lines.map((line) => [endsOf(line), line]));

import { PROOFS } from './index.js';

/** What each id means, in the order of the ids. */
export const titlesById = (): readonly (readonly [id: string, title: string])[] =>
  PROOFS.map(({ id, title }) => [id, title] as const).sort(([left], [right]) => (left < right ? -1 : 1));

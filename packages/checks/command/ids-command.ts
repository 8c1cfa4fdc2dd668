import { rulesById } from '../proofs/titles.js';
import type { Outcome } from './command.js';

/** `cafe ids`: what each id means. */
export const idsCommand = (): Outcome => ({
  status: 0,
  output: rulesById()
    .map(({ id, title }) => `${id}  ${title}`)
    .join('\n'),
});

import { CODES } from '../doctor/causes/codes.js';
import { nearest } from '../model/nearest-name.js';
import { rulesById } from '../proofs/titles.js';
import type { Outcome } from './command.js';
import { pageText } from './pages.js';

/**
 * `cafe explain CAFE001`.
 *
 * @throws Error when there is no such id
 */
export function explainCommand(words: readonly string[]): Outcome {
  if (words.length === 0) throw new Error('name an id, as in "cafe explain CAFE001"; "cafe ids" lists them.');
  const pages = words.map((word) => {
    const page = pageText(idOf(word));
    if (page === undefined) throw new Error(`the page of ${word} is not in this installation.`);
    return page.trimEnd();
  });
  return { status: 0, output: pages.join('\n\n') };
}

function idOf(word: string): string {
  const ids = [...rulesById().map(({ id }) => id), ...Object.keys(CODES)];
  const asked = /^\d+$/.test(word) ? `CAFE${word.padStart(3, '0')}` : word.toUpperCase();
  if (ids.includes(asked)) return asked;
  const likely = nearest(asked, ids);
  throw new Error(
    `there is no ${word}.${likely === undefined ? '' : ` Did you mean ${likely}?`} "cafe ids" lists those that there are.`,
  );
}

import { table } from './tables.js';
import { CATEGORIES, CODES } from '../doctor/causes/codes.js';

const BEGIN = '<!-- codes -->\n\n';
const END = '\n\n<!-- /codes -->';

/** docs/doctor.md with its table of codes written anew. @throws Error when the table has no place there */
export function withCodes(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('the page has no place for its table of codes');
  const rows = Object.entries(CODES).map(([code, [category, title]]) => [
    `[${code}](doctor/${code}.md)`,
    CATEGORIES[category],
    title,
  ]);
  return page.slice(0, from + BEGIN.length) + table(['code', 'of what', 'what'], rows) + page.slice(to);
}

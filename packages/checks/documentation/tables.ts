import { IMMUTABLE_FIELDS } from '../proofs/objects/immutable-field.js';
import { MADE_OBJECTS } from '../model/made-objects.js';
import { rulesById } from '../proofs/titles.js';
import { READ_VARIABLES } from '../model/variable-names.js';

// The tables of docs/checks.md that only repeat what the code says.

const code = (text: string): string => `\`${text}\``;

/** Each table by the word of its markers: `<!-- ids -->` before it, `<!-- /ids -->` behind it. */
const TABLES: Readonly<Record<string, () => string>> = {
  ids: () =>
    table(
      ['id', 'level', 'what'],
      rulesById().map(({ id, severity, title }) => [`[${id}](checks/${id}.md)`, severity, title]),
    ),
  'made-objects': () =>
    table(
      ['kind', 'what is made of it'],
      Object.entries(MADE_OBJECTS).map(([kind, makings]) => [
        code(kind),
        makings.map((making) => `${making.kind} ${code(making.name.replaceAll('|', ' or '))}`).join(', '),
      ]),
    ),
  variables: () =>
    table(
      ['variable', 'what it says to the proofs'],
      Object.entries(READ_VARIABLES).map(([name, meaning]) => [code(name), meaning]),
    ),
  'immutable-fields': () =>
    table(
      ['kind', 'fields'],
      Object.entries(IMMUTABLE_FIELDS).map(([kind, fields]) => [kind, fields.map(code).join(', ')]),
    ),
};

/**
 * The page with its tables written anew.
 *
 * @throws Error when the markers of one are not there
 */
export function withTables(page: string): string {
  return Object.entries(TABLES).reduce((text, [name, write]) => {
    const [begin, end] = [`<!-- ${name} -->\n\n`, `\n\n<!-- /${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`the page has no place for its table "${name}"`);
    return text.slice(0, from + begin.length) + write() + text.slice(to);
  }, page);
}

/** A table of Markdown, in the columns that prettier makes. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], fill = ' '): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, fill)).join(' | ')} |`;
  return [line(head), line([], '-'), ...rows.map((row) => line(row))].join('\n');
}

import type { ReachChanges } from './reach-changes.js';
import { OUTSIDE, type ReachLine } from './reach-lines.js';

/** How connections are written down. */
export interface ConnectionsReport {
  readonly lines: readonly ReachLine[];
  /** Against another set of manifests, when that was asked for. */
  readonly changes?: ReachChanges | undefined;
}

/** The forms of `cafe connections -o`. */
export const CONNECTION_FORMATS = { text, json, mermaid, markdown } as const;

function json({ lines, changes }: ConnectionsReport): string {
  return JSON.stringify(changes ?? { connections: lines }, undefined, 2);
}

function text({ lines, changes }: ConnectionsReport): string {
  if (changes) {
    const { added, removed, changed } = changes;
    return [
      ...added.flatMap((line) => marked('+', line)),
      ...removed.flatMap((line) => marked('-', line)),
      ...changed.flatMap(({ was, is }) => [`~ ${headline(is)}`, ...changedDetails(was, is)]),
      `${added.length} added, ${removed.length} taken away, ${changed.length} changed.`,
    ].join('\n');
  }
  return [...lines.flatMap((line) => [headline(line), ...details(line)]), '', summary(lines)].join('\n');
}

const marked = (mark: string, line: ReachLine): string[] => [`${mark} ${headline(line)}`, ...details(line)];

/** `Deployment shop/web -> StatefulSet shop/db TCP 5432`. */
const headline = (line: ReachLine): string =>
  `${line.from} -> ${line.to}${portText(line)}${line.kind === 'nowhere' ? ', which is not there' : ''}`;

const portText = ({ port, protocol }: ReachLine): string =>
  port === undefined ? '' : ` ${protocol} ${port}`;

const rows = ({
  through,
  by,
  policy: { egress, ingress },
}: ReachLine): readonly (readonly [string, string])[] => [
  ['through', through.join(', ')],
  ['by', by.join(', ')],
  ['out', egress ?? ''],
  ['in', ingress ?? ''],
];

const details = (line: ReachLine): string[] =>
  rows(line).flatMap(([label, said]) => (said === '' ? [] : [`    ${label.padEnd(8)}${said}`]));

function changedDetails(was: ReachLine, is: ReachLine): string[] {
  const before = new Map(rows(was));
  return rows(is).flatMap(([label, now]) => {
    const then = before.get(label) ?? '';
    return then === now ? [] : [`    ${label.padEnd(8)}${then || 'nothing'} -> ${now || 'nothing'}`];
  });
}

function summary(lines: readonly ReachLine[]): string {
  const count = (isMeant: (line: ReachLine) => boolean): number => lines.filter(isMeant).length;
  const parts = [
    `${count(({ kind }) => kind === 'inside')} inside`,
    `${count(({ kind }) => kind === 'enters')} from outside`,
    `${count(({ kind }) => kind === 'leaves')} to outside`,
    `${count(({ kind }) => kind === 'nowhere')} to nowhere`,
  ];
  const open = count(({ policy }) => policy.verdict === 'open');
  const denied = count(({ policy }) => policy.verdict === 'denied');
  return `${lines.length} connections: ${parts.join(', ')}; ${open} that no policy restricts, ${denied} that a policy denies.`;
}

function markdown({ lines, changes }: ConnectionsReport): string {
  const head = ['from', 'to', 'port', 'through', 'by', 'policy'];
  const cells = (line: ReachLine): string[] => [
    line.from,
    line.to + (line.kind === 'nowhere' ? ' (not there)' : ''),
    portText(line).trim(),
    line.through.join(', '),
    line.by.join(', '),
    policyText(line),
  ];
  if (!changes) return table(head, lines.map(cells));
  return table(
    ['', ...head],
    [
      ...changes.added.map((line) => ['added', ...cells(line)]),
      ...changes.removed.map((line) => ['taken away', ...cells(line)]),
      ...changes.changed.map(({ is }) => ['changed', ...cells(is)]),
    ],
  );
}

function policyText({ policy: { verdict, egress, ingress } }: ReachLine): string {
  if (verdict === 'open') return 'open';
  if (verdict === 'unknown') return '';
  return [egress && `out: ${egress}`, ingress && `in: ${ingress}`].filter(Boolean).join('; ');
}

const table = (head: readonly string[], body: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...body]
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

/** A flowchart: a box for each end, a dotted arrow where no policy speaks, a cross where one denies. */
function mermaid({ lines, changes }: ConnectionsReport): string {
  const drawn = changes
    ? [...changes.added, ...changes.removed, ...changes.changed.map(({ is }) => is)]
    : lines;
  const removed = new Set(changes?.removed);
  const ends = [...new Set(drawn.flatMap(({ from, to }) => [from, to]))];
  const id = new Map(ends.map((end, index) => [end, `n${index}`]));
  const isHost = new Set(
    drawn.flatMap(({ kind, to }) => (kind === 'leaves' || kind === 'nowhere' ? [to] : [])),
  );
  return [
    'flowchart LR',
    ...ends.map((end) => {
      const name = `"${end.replaceAll('"', "'")}"`;
      return `  ${id.get(end) ?? ''}${end === OUTSIDE ? `([${name}])` : isHost.has(end) ? `>${name}]` : `[${name}]`}`;
    }),
    ...drawn.map((line) => {
      const { from, to, by, policy } = line;
      const names = by.map((each) => each.replace(/ \(.*/, ''));
      const change = changes ? (removed.has(line) ? 'taken away: ' : '') : '';
      const label = `${change}${[...names, portText(line).trim()].filter((each) => each !== '').join(' ')}`;
      const arrow =
        removed.has(line) || policy.verdict === 'denied'
          ? '--x'
          : policy.verdict === 'allowed'
            ? '-->'
            : '-.->';
      return `  ${id.get(from) ?? ''} ${arrow}|"${label.replaceAll('"', "'")}"| ${id.get(to) ?? ''}`;
    }),
  ].join('\n');
}

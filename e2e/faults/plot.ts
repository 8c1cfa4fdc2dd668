import type { ClickRecord } from '../load/records.js';
import type { Mark } from './tools.js';

/** What is plotted. Moments are milliseconds since 1970. */
export interface Plot {
  readonly title: string;
  readonly startedAt: number;
  readonly clicks: readonly ClickRecord[];
  readonly marks: readonly Mark[];
}

const WIDTH = 760;
const HEIGHT = 250;
const LEFT = 52;
const RIGHT = 12;
const TOP = 44;
const BOTTOM = 30;
/** The ends of the axis of latencies, in milliseconds. It is logarithmic: 20 ms and 20 s must both be seen. */
const FASTEST = 3;
const SLOWEST = 120_000;
const TICKS = [10, 100, 1000, 10_000, 100_000];

/** A file that GitHub shows in light and in dark, hence colours of its own on a background of its own. */
const STYLE =
  'text{font:12px system-ui,sans-serif;fill:#333}.title{font-weight:600}.tick{fill:#777}' +
  'path{fill:none;stroke-width:3;stroke-linecap:round}.grid{stroke:#e3e3e3;stroke-width:1}.mark{stroke:#888;stroke-width:1;stroke-dasharray:3 3}' +
  '.first{stroke:#2a78b8;stroke-opacity:.45}.retried{stroke:#e08a00}.failed{stroke:#c62828;stroke-width:5}';

/**
 * Every click as a dot: when the button was pressed, and how long it took until it was done. What the operator or
 * misfortune did is a dashed line.
 */
export function toSvg({ title, startedAt, clicks, marks }: Plot): string {
  const end = Math.max(
    startedAt + 1,
    ...clicks.map((click) => click.startedAt),
    ...marks.map(({ at }) => at),
  );
  const x = (at: number): number =>
    Math.round(LEFT + ((at - startedAt) / (end - startedAt)) * (WIDTH - LEFT - RIGHT));
  const y = (milliseconds: number): number => {
    const share = Math.log(Math.max(FASTEST, milliseconds) / FASTEST) / Math.log(SLOWEST / FASTEST);
    return Math.round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP));
  };
  // Dots that would cover each other exactly are one.
  const dots = (which: (click: ClickRecord) => boolean): string =>
    [
      ...new Set(clicks.filter(which).map((click) => `M${x(click.startedAt)} ${y(click.milliseconds)}h0`)),
    ].join('');
  const failed = ({ failure }: ClickRecord): boolean => failure !== undefined;
  const seconds = Math.round((end - startedAt) / 1000);
  const everySeconds = [5, 10, 20, 30, 60].find((step) => seconds / step <= 12) ?? 60;
  const times = Array.from(
    { length: Math.floor(seconds / everySeconds) + 1 },
    (_, index) => index * everySeconds,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}</style><rect width="${WIDTH}" height="${HEIGHT}" rx="6" fill="#fff"/>`,
    `<text class="title" x="${LEFT}" y="18">${escape(title)}</text>`,
    ...TICKS.map(
      (tick) =>
        `<path class="grid" d="M${LEFT} ${y(tick)}H${WIDTH - RIGHT}"/><text class="tick" x="${LEFT - 6}" y="${y(tick) + 4}" text-anchor="end">${tick < 1000 ? `${tick} ms` : `${tick / 1000} s`}</text>`,
    ),
    ...times.map(
      (time) =>
        `<text class="tick" x="${x(startedAt + time * 1000)}" y="${HEIGHT - 10}" text-anchor="middle">${time} s</text>`,
    ),
    ...marks.map(
      ({ at, text }, index) =>
        `<path class="mark" d="M${x(at)} ${TOP - 6}V${HEIGHT - BOTTOM}"/><text x="${x(at)}" y="${TOP - 10 + (index % 2) * 12}" ${x(at) > WIDTH * 0.75 ? 'text-anchor="end"' : ''}>${escape(text)}</text>`,
    ),
    `<path class="first" d="${dots((click) => !failed(click) && click.attempts === 1)}"/>`,
    `<path class="retried" d="${dots((click) => !failed(click) && click.attempts > 1)}"/>`,
    `<path class="failed" d="${dots(failed)}"/>`,
    '</svg>\n',
  ].join('\n');
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

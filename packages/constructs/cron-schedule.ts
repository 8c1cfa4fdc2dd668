// What Kubernetes' CronJobs take: https://pkg.go.dev/github.com/robfig/cron/v3, ParseStandard.

const MACROS = /^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS = [
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day of the month', least: 1, most: 31, words: [] },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  { name: 'day of the week', least: 0, most: 6, words: DAYS },
] as const satisfies readonly {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words: readonly string[];
}[];
type Field = (typeof FIELDS)[number];

/** Days of each month, of February in a leap year. */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** @throws Error that names the construct, the field and what it may be */
export function checkSchedule(path: string, schedule: string): string {
  if (MACROS.test(schedule)) return schedule;
  const refuse = (problem: string): never => {
    throw new Error(`${path}: the schedule "${schedule}" ${problem}`);
  };
  if (/^(?:CRON_)?TZ=/.test(schedule)) refuse('has a time zone, which Kubernetes refuses. Use timeZone.');
  const texts = schedule.trim().split(/\s+/);
  if (texts.length !== FIELDS.length) {
    refuse(
      `has ${texts.length} fields; it has 5: ${FIELDS.map(({ name }) => name).join(', ')}, such as "0 3 * * *".`,
    );
  }
  const [, , days, months, weekdays] = FIELDS.map((field, index) => {
    const values = valuesOf(field, texts[index] ?? '');
    return (
      values ??
      refuse(
        `has "${texts[index] ?? ''}" for the ${field.name}; it is "*", a number from ${field.least} to ${field.most}, a range or a list of them, with a step such as "*/5" if you like.`,
      )
    );
  });
  const comes = months?.some((month) => days?.some((day) => day <= (LENGTHS[month - 1] ?? 0)));
  if (!comes && weekdays?.length === 7) refuse('never comes: no such month has that day.');
  return schedule;
}

/** @throws Error that names the construct and the zone */
export function checkTimeZone(path: string, timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return timeZone;
  } catch {
    throw new Error(
      `${path}: timeZone is "${timeZone}"; it is a name of the IANA database, such as Europe/Vienna.`,
    );
  }
}

/** The values of a field, or nothing when it is none. */
function valuesOf(field: Field, text: string): number[] | undefined {
  const values: number[] = [];
  for (const part of text.split(',')) {
    const [, range = '', step] = /^(\*|\?|\w+(?:-\w+)?)(?:\/(\d+))?$/.exec(part) ?? [];
    const [first = '', last] = range.split('-');
    const every = range === '*' || range === '?';
    const from = every ? field.least : valueOf(field, first);
    // "5/15" goes on to the end, "5" does not.
    const open = every || (last === undefined && step !== undefined);
    const to = open ? field.most : last === undefined ? from : valueOf(field, last);
    if (from === undefined || to === undefined || from > to || step === '0') return undefined;
    for (let value = from; value <= to; value += Number(step ?? 1)) values.push(value);
  }
  return [...new Set(values)];
}

function valueOf({ least, most, words }: Field, text: string): number | undefined {
  const index = (words as readonly string[]).indexOf(text.toLowerCase());
  if (index >= 0) return index + least;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

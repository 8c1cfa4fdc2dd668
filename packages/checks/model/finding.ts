/** The levels, the worst first: what fails at one of them fails at those before it as well. */
export const SEVERITIES = ['broken', 'risk', 'advice'] as const;

/**
 * How bad it is. `broken`: proven not to work. `risk`: it works until a rollout, a drain, a restart or somebody else's object
 * hurts it. `advice`: a practice that many keep. Only `broken` fails a check, unless it is told otherwise.
 */
export type Severity = (typeof SEVERITIES)[number];

/** Whether a level is at least as bad as another. */
export const isAtLeast = (severity: Severity, bound: Severity): boolean =>
  SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(bound);

/** Stable: never reused for something else. docs/checks.md lists them, and so does `cafe ids`. */
export type FindingId = `CAFE${number}`;

/** One thing that cannot work, said so that the text alone is enough to mend it. */
export interface Finding {
  readonly id: FindingId;
  readonly severity: Severity;
  /** `Kind namespace/name`, or the file. */
  readonly object: string;
  /** Where it was read, and the place in it, when that is known; the file of a chart, where a comment says it. */
  readonly source?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** The path inside the object; lists by name: `spec.template.spec.containers[web].env[DB_HOST]`. */
  readonly field: string;
  /** Where it is not so always: the release name, the value or the upgrade of a chart with which it happens. */
  readonly when?: string | undefined;
  /** What stands there. */
  readonly found: string;
  /** What may stand there, and why. */
  readonly expected: string;
  /** The value that was probably meant, and the reason to think so. */
  readonly likely?: string | undefined;
  /** The one change that mends it. */
  readonly change: string;
  /** The other objects that the same cause hurts; the one change mends them, too. */
  readonly also?: readonly string[] | undefined;
}

/** A finding that somebody accepted, and why. */
export interface WaivedFinding {
  readonly finding: Finding;
  /** The object that carries the annotation. */
  readonly by: string;
  readonly reason: string;
}

/** So many of the objects that a cause hurts are named. */
const NAMED = 3;

const listed = (objects: readonly string[]): string => {
  const more = objects.length - NAMED;
  return objects.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
};

/** The finding in one line, for those who show it beside the line of a file. */
export function findingLine({ object, field, when, found, expected, likely, change, also }: Finding): string {
  const place = `${object}, ${field}${when === undefined ? '' : `, with ${when}`}`;
  const meant = likely === undefined ? '' : ` Likely: ${likely}.`;
  const others = also === undefined ? '' : ` It mends ${listed(also)}, too.`;
  return `${place}: found ${found}; expected ${expected}.${meant} ${change}.${others}`;
}

/** The finding as a reader sees it: a headline and one line for each answer. */
export function findingText(finding: Finding): string {
  const { source = '', line, column } = finding;
  const rows: (readonly [string, string | undefined])[] = [
    ['at', line === undefined ? source || undefined : `${source}:${line}:${column ?? 1}`],
    ['with', finding.when],
    ['field', finding.field],
    ['found', finding.found],
    ['expected', finding.expected],
    ['likely', finding.likely],
    ['change', finding.change],
    ['also', finding.also && listed(finding.also)],
  ];
  return [
    `${finding.id} ${finding.severity}: ${finding.object}`,
    ...rows.flatMap(([label, text]) => (text === undefined ? [] : [`  ${label.padEnd(9)}${text}`])),
  ].join('\n');
}

import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Report } from '../check.js';
import { isAtLeast, SEVERITIES, type Severity } from '../model/finding.js';
import type { Outcome } from './command.js';
import { type Configuration, CONFIGURATION_FILE, readConfiguration } from './configuration.js';
import { reportGithub } from './report-github.js';
import { reportJunit } from './report-junit.js';
import { reportSarif } from './report-sarif.js';
import { reportText } from './report-text.js';
import { readBaseline, selected, writeBaseline } from './selection.js';

/** What each command says of these options. */
export const REPORT_HELP = `  --fail-on LEVEL         broken (default): proven not to work; risk: a rollout, a drain or a restart will hurt; advice;
                          none
  --only ID, --skip ID    these findings alone, or without these; may be given several times
  --baseline FILE         the findings of this file are known; --write-baseline FILE makes it
  --config FILE           default: ${CONFIGURATION_FILE}, when it is here; docs/checks.md says what it holds
  --all                   every finding in full, advice among them
  -o, --output text|json|sarif|junit|github
                          how to write the report (default: text)
  -h, --help              this text`;

/** The options of every command that reports findings. */
export const REPORT_OPTIONS = {
  'fail-on': { type: 'string' },
  only: { type: 'string', multiple: true, default: [] },
  skip: { type: 'string', multiple: true, default: [] },
  baseline: { type: 'string' },
  'write-baseline': { type: 'string' },
  config: { type: 'string' },
  all: { type: 'boolean', default: false },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options'];

/** What came of them. */
export interface ReportValues {
  readonly 'fail-on'?: string | undefined;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly baseline?: string | undefined;
  readonly 'write-baseline'?: string | undefined;
  readonly config?: string | undefined;
  readonly all: boolean;
  readonly output: string;
}

/** A level of `--fail-on`. */
type FailOn = Severity | 'none';

/** How a report is to be written; everything in it is there, before anything is looked at. */
export interface Reporting {
  readonly configuration: Configuration;
  /** Chooses the findings that count, which are not those that are known besides the baseline, and writes the report. */
  readonly conclude: (
    report: Report,
    textBefore?: (selected: Report) => string,
    known?: ReadonlyMap<string, string>,
  ) => Outcome;
}

/**
 * Reads the options of a report.
 *
 * @throws Error when one has a value that it cannot have
 */
export function reporting(values: ReportValues): Reporting {
  const { output: format } = values;
  if (!isFormat(format)) {
    throw new Error(`-o is "${format}"; it is one of text, json, sarif, junit and github.`);
  }
  const configuration = readConfiguration(values.config);
  const failOn = failOnOf(values['fail-on'] ?? configuration['fail-on'] ?? 'broken');
  return {
    configuration,
    conclude: (everything, textBefore = () => '', known = new Map()) => {
      const report = selected(everything, {
        only: [...values.only, ...configuration.only],
        skip: [...values.skip, ...configuration.skip],
        waive: configuration.waive,
        known: values.baseline === undefined ? known : new Map([...readBaseline(values.baseline), ...known]),
        today: new Date().toISOString().slice(0, 10),
      });
      const written = values['write-baseline'];
      if (written !== undefined) {
        writeBaseline(written, report);
        return {
          status: 0,
          output: `${written} holds ${report.findings.length} findings, which count no more.`,
        };
      }
      const fails = report.findings.some(({ severity }) => failOn !== 'none' && isAtLeast(severity, failOn));
      const text = (): string => `${textBefore(report)}${reportText(report, { all: values.all })}`;
      return { status: fails ? 1 : 0, output: FORMATS[format](report, text, failOn) };
    },
  };
}

const FORMATS = {
  text: (_report: Report, text: () => string): string => text(),
  json: ({ findings, waived, foreign, proven }: Report): string =>
    JSON.stringify({ findings, waived, foreign, proven }, undefined, 2),
  sarif: (report: Report): string => JSON.stringify(reportSarif(report), undefined, 2),
  junit: (report: Report, _text: () => string, failOn: FailOn): string => reportJunit(report, failOn),
  github: (report: Report): string => reportGithub(report),
} as const;

const isFormat = (text: string): text is keyof typeof FORMATS => Object.hasOwn(FORMATS, text);

function failOnOf(text: string): FailOn {
  const level = [...SEVERITIES, 'none' as const].find((each) => each === text);
  if (level) return level;
  throw new Error(`--fail-on is "${text}"; it is one of ${SEVERITIES.join(', ')} and none.`);
}

/**
 * The words behind a command as its options.
 *
 * @throws Error that names the options that there are
 */
export function parseWords<Options extends NonNullable<ParseArgsConfig['options']>>(
  command: string,
  words: readonly string[],
  options: Options,
): ReturnType<
  typeof parseArgs<{ readonly args: string[]; readonly allowPositionals: true; readonly options: Options }>
> {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options });
  } catch (error) {
    // Node's own sentence, without its advice on how to write a file's name that begins with a dash.
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    const names = Object.keys(options).map((name) => `--${name}`);
    throw new Error(
      `${problem.replace(/\.$/, '')}. The options are ${names.join(', ')}; "cafe ${command} --help" says more.`,
      { cause: error },
    );
  }
}

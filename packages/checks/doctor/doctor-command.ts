import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Outcome } from '../command/command.js';
import { type Diagnosis, diagnose } from './diagnosis.js';
import { probe } from './probing/probe.js';
import { readBundle, writeBundle } from './reading/bundle.js';
import { readCluster } from './reading/read-cluster.js';
import { doctorSarif } from './report-sarif.js';
import { reportText } from './report-text.js';

const HELP = `Says why something does not work, on the running cluster.

  cafe doctor [options]         asks the cluster of kubectl's context; nothing is written there
  cafe doctor FILE              answers from a bundle that was made before

  -n, --namespace NAME          may be given several times (default: the one of the context)
  --context NAME                one of kubectl's contexts
  --wait 5m                     asks again until all is well, at most so long (s, m or h)
  --probe                       also tries names and connections from inside the pods, by exec of what their images have;
                                nothing is written there
  --probe-image IMAGE           with --probe: pods whose own image has no such program get an ephemeral container of this
                                one, which stays in the pod until the pod ends
  --bundle FILE                 also writes what was read, to look at it elsewhere; compressed when it ends in .gz.
                                No value of a Secret is in it
  -o, --output text|json|sarif  how to write the answer (default: text)
  -h, --help                    this text

proven: the cluster or a program said so itself. likely: it fits, and nobody tried it. cannot tell: what was read does not
say, and "open" names what would. What may not be read is named with the right that is missing.

Exit status: 0 all is well, 1 something is not, 2 could not look.`;

const OPTIONS = {
  namespace: { type: 'string', short: 'n', multiple: true, default: [] },
  context: { type: 'string' },
  wait: { type: 'string' },
  bundle: { type: 'string' },
  probe: { type: 'boolean', default: false },
  'probe-image': { type: 'string' },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options'];

const indented = (value: unknown): string => JSON.stringify(value, undefined, 2);
const FORMATS: Readonly<Record<string, (diagnosis: Diagnosis) => string>> = {
  text: (diagnosis) =>
    reportText(diagnosis, { colours: process.stdout.isTTY && process.env['NO_COLOR'] === undefined }),
  json: indented,
  sarif: (diagnosis) => indented(doctorSarif(diagnosis)),
};

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
/** Between two looks of `--wait`. */
const PAUSE_MILLISECONDS = 3000;

/**
 * `cafe doctor`.
 *
 * @param words - the arguments behind `doctor`
 * @throws Error when it could not look, with the reason
 */
export async function doctorCommand(words: readonly string[]): Promise<Outcome> {
  const { values, positionals } = parsed(words);
  if (values.help) return { status: 0, output: HELP };
  const { output: format } = values;
  const write = FORMATS[format];
  if (!write) throw new Error(`-o is "${format}"; it is text, json or sarif.`);
  const [file, ...more] = positionals;
  if (more.length > 0) throw new Error(`there is one bundle at a time; ${more.join(' and ')} is too much.`);
  const diagnosis = await (file === undefined
    ? watched(values, values.wait === undefined ? 0 : millisecondsOf(values.wait))
    : diagnose(readBundle(file)));
  const { counts, roots, progress } = diagnosis;
  if (counts.workloads + counts.services + roots.length + progress.length === 0) {
    throw new Error(
      `there is no workload and no Service in ${diagnosis.namespaces.join(', ')}; -n names another namespace.`,
    );
  }
  return {
    status: isWell(diagnosis) || (values.wait === undefined && diagnosis.roots.length === 0) ? 0 : 1,
    output: write(diagnosis),
  };
}

const isWell = ({ roots, progress }: Diagnosis): boolean => roots.length === 0 && progress.length === 0;

interface Asked {
  readonly namespace: readonly string[];
  readonly context?: string | undefined;
  readonly bundle?: string | undefined;
  readonly probe: boolean;
  readonly 'probe-image'?: string | undefined;
}

/** Looks, and looks again until all is well or the time is over. What changes is said meanwhile. */
async function watched(
  { namespace, context, bundle, probe: isProbing, 'probe-image': image }: Asked,
  milliseconds: number,
): Promise<Diagnosis> {
  const until = Date.now() + milliseconds;
  for (let said = ''; ;) {
    if (said === '') tell('reads the cluster …');
    const read = await readCluster({ context, namespaces: namespace });
    if (isProbing) tell('asks from inside its pods, up to 25 seconds …');
    const reading = isProbing ? { ...read, probes: await probe(read, { context, image }) } : read;
    const diagnosis = diagnose(reading);
    if (isWell(diagnosis) || Date.now() + PAUSE_MILLISECONDS > until) {
      if (bundle !== undefined) writeBundle(bundle, reading);
      return diagnosis;
    }
    const state = [
      ...diagnosis.roots.map(({ code, sentence }) => `${code} ${sentence}`),
      ...diagnosis.progress,
    ].join('\n');
    if (state !== said) process.stderr.write(`${state}\n\n`);
    said = state;
    await sleep(PAUSE_MILLISECONDS);
  }
}

/** What it does now, for who waits at a terminal. */
function tell(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${line}\n`);
}

function millisecondsOf(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (factor === undefined)
    throw new Error(`--wait is "${text}"; write a number with s, m or h, such as 5m.`);
  return Number(number) * factor;
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    // Node's own sentence, without its advice on how to write a file's name that begins with a dash.
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new Error(`${problem.replace(/\.$/, '')}. "cafe doctor --help" says which options there are.`, {
      cause: error,
    });
  }
}

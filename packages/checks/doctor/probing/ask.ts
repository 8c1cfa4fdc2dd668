import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Probe, ProbedSocket } from '../reading/reading.js';
import { ANY_PROGRAM, NODE_PROGRAM, SHELL_PROGRAM } from './program.js';

/** How it is asked. */
export interface ProbeOptions {
  /** @default - kubectl's own */
  readonly context?: string | undefined;
  /** For pods whose image has no program that can try. @default - none: they are not asked */
  readonly image?: string | undefined;
}

/** Who is asked. */
export interface Place {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Whether its namespace takes only restricted containers. */
  readonly isRestricted: boolean;
}

/** A connection that is tried. */
export type Socket = Omit<ProbedSocket, 'answer' | 'large'>;

/** What is asked. */
export interface Questions {
  /** The addresses of the DNS pods. */
  readonly servers: readonly string[];
  readonly names: readonly string[];
  readonly sockets: readonly Socket[];
}

type Answers = Pick<Probe, 'clock' | 'names' | 'sockets' | 'logIns' | 'impossible'>;

/** What has not come by then was not probed. */
const EXEC_MILLISECONDS = 12_000;
/** An image may have to be pulled before. */
const DEBUG_MILLISECONDS = 20_000;

/** Asks in a pod: by Node where its image has it, else by its shell, else, with an image for it, in a container beside. */
export async function ask(place: Place, questions: Questions, options: ProbeOptions): Promise<Answers> {
  const { namespace, pod, container } = place;
  const impossible = (why: string): Answers => ({ names: [], sockets: [], impossible: why });
  const exec = [...target(place, options), 'exec', pod, '-c', container, '--'];
  const asked = JSON.stringify(questions);
  const byNode = await execute([...exec, 'node', '-e', NODE_PROGRAM, asked]);
  const ofNode = answersOf(byNode, questions);
  if (ofNode) return ofNode;
  if (/forbidden/i.test(byNode.said)) {
    return impossible(`the right is missing: create pods/exec -n ${namespace}`);
  }
  if (byNode.isLate) return impossible(`a program that is started in ${pod} does not end in time`);
  const addresses = questions.sockets.map(({ host, port }) => `${host}:${port}`);
  const ofShell = answersOf(
    await execute([...exec, 'sh', '-c', SHELL_PROGRAM, 'probe', ...addresses]),
    questions,
  );
  if (ofShell) return ofShell;
  if (options.image === undefined) {
    return impossible(
      `the image of ${pod} has no program that can try a connection; --probe-image IMAGE adds a container that has one to the pod, such as busybox or node`,
    );
  }
  const debug = [
    'debug',
    pod,
    '-q',
    '-i',
    `--image=${options.image}`,
    `--container=cafe-doctor-${randomBytes(3).toString('hex')}`,
    `--profile=${place.isRestricted ? 'restricted' : 'baseline'}`,
  ];
  const beside = await execute(
    [...target(place, options), ...debug, '--', 'sh', '-c', ANY_PROGRAM, NODE_PROGRAM, asked, ...addresses],
    DEBUG_MILLISECONDS,
  );
  const ofBeside = answersOf(beside, questions);
  if (ofBeside) return { ...ofBeside, logIns: [] };
  return impossible(
    /forbidden/i.test(beside.said) && !/PodSecurity|admission/i.test(beside.said)
      ? `the right is missing: patch pods/ephemeralcontainers -n ${namespace}`
      : `a container of ${options.image} beside ${pod} does not answer${beside.said.trim() === '' ? ' in time' : `: ${lastLine(beside.said)}`}`,
  );
}

/** In how many of its time slices a container was held back by its CPU limit; none where that cannot be read. */
export async function cpuTime(
  place: Place,
  options: ProbeOptions,
): Promise<NonNullable<Probe['cpu']>[number]> {
  const { pod, container } = place;
  const { output } = await execute([
    ...target(place, options),
    'exec',
    pod,
    '-c',
    container,
    '--',
    'cat',
    ...CPU_FILES,
  ]);
  const count = (field: string): number => Number(new RegExp(`^${field} (\\d+)`, 'm').exec(output)?.[1] ?? 0);
  return { container, slices: count('nr_periods'), heldBack: count('nr_throttled') };
}

/** Where a container's processors are counted, by the second and the first version of control groups. */
const CPU_FILES = ['/sys/fs/cgroup/cpu.stat', '/sys/fs/cgroup/cpu/cpu.stat'];

const target = ({ namespace }: Place, { context }: ProbeOptions): readonly string[] => [
  ...(context === undefined ? [] : ['--context', context]),
  ...['-n', namespace],
];

/** What a program printed: Node's is one line of JSON, the shell's a line for each connection. */
function answersOf({ code, output, startedAt }: Executed, { sockets }: Questions): Answers | undefined {
  if (code !== 0) return undefined;
  const clock = { startedAt, endedAt: Date.now() };
  const last = lastLine(output);
  if (last.startsWith('{')) {
    const { now, names, sockets: tried, logIns } = JSON.parse(last) as PrintedByNode;
    return {
      clock: { ...clock, now },
      names,
      sockets: sockets.map((socket, index) => ({ ...socket, ...(tried[index] ?? { answer: 'not tried' }) })),
      logIns,
    };
  }
  const said = new Map(output.split('\n').map((line) => line.trim().split(/ (.*)/) as [string, string]));
  const seconds = Number(said.get('now'));
  if ([...said.values()].includes('unable') || Number.isNaN(seconds)) return undefined;
  return {
    // A shell counts whole seconds: in the middle of one it is half a second away at most.
    clock: { ...clock, now: seconds * 1000 + 500 },
    names: [],
    sockets: sockets.map((socket) => ({
      ...socket,
      answer: said.get(`${socket.host}:${socket.port}`) ?? 'not tried',
    })),
  };
}

interface PrintedByNode {
  readonly now: number;
  readonly names: Probe['names'];
  readonly sockets: readonly Pick<ProbedSocket, 'answer' | 'large'>[];
  readonly logIns: NonNullable<Probe['logIns']>;
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';

interface Executed {
  readonly code: number;
  readonly output: string;
  readonly said: string;
  readonly startedAt: number;
  readonly isLate: boolean;
}

function execute(words: readonly string[], milliseconds = EXEC_MILLISECONDS): Promise<Executed> {
  return new Promise((resolve) => {
    const startedAt = Date.now();
    const child = spawn('kubectl', words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, said, isLate] = ['', '', false];
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const limit = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, milliseconds);
    const done = (code: number | null): void => {
      clearTimeout(limit);
      resolve({ code: code ?? 1, output, said, startedAt, isLate });
    };
    child.once('error', () => {
      done(1);
    });
    child.once('close', done);
  });
}

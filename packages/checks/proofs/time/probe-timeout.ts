import { HEADERS } from '@cafe-lumiere/contract';
import type { Probe } from '../../model/schemas.js';
import { type ContainerProbe, probesIn } from '../probes/probes.js';
import { type TimeLine, timeLine, timeProof } from './time-line.js';

/** What a probe asks for may take so long, and what in the probe says so. */
interface Wait {
  readonly seconds: number;
  readonly by: string;
}

/**
 * A probe waits longer than the answer takes that it asks for. How long a process takes inside is in no manifest, and an
 * answer from memory takes no query's time; but a probe may itself ask the server to hold the answer back, or run a command
 * with a time limit of its own.
 */
export const probeTimeout = timeProof({
  id: 'CAFE043',
  severity: 'risk',
  title: 'The probe gives up before the question behind it',
  why: 'The probe fails although the answer would have come, so a slow dependency becomes a pod that is not ready.',
  lines: (cluster) => probesIn(cluster).flatMap(line),
});

function line({ workload, container, kind, probe }: ContainerProbe): TimeLine[] {
  const wait = waitOf(probe);
  if (!wait) return [];
  const { seconds, by } = wait;
  const { timeoutSeconds } = probe;
  return [
    timeLine(
      workload,
      `${kind}: timeoutSeconds ${timeoutSeconds} s > ${seconds} s (${by})`,
      timeoutSeconds > seconds,
      `${workload.podPath}.containers[${container.name}].${kind}.timeoutSeconds`,
      {
        found: `${timeoutSeconds} s`,
        expected: `more than ${seconds} s, for which the probe itself asks to wait (${by}): else it gives up before it hears why the answer is no`,
        likely: String(seconds + 1),
        change: `set timeoutSeconds to ${seconds + 1}`,
      },
    ),
  ];
}

/** Time limits in the words of curl, pg_isready and coreutils. */
const COMMAND_LIMITS = [
  /\bcurl\b.*?\s(--max-time[= ](\d+)|-m ?(\d+))/,
  /\bpg_isready\b.*?\s(--timeout[= ](\d+)|-t ?(\d+))/,
  /(?:^|\s)(timeout (\d+))s?\s/,
];

function waitOf({ httpGet, exec }: Probe): Wait | undefined {
  for (const { name, value } of httpGet?.httpHeaders ?? []) {
    const seconds = /(?:^|[,;\s])wait=(\d+)/.exec(value)?.[1];
    if (name.toLowerCase() === HEADERS.prefer && seconds !== undefined) {
      return { seconds: Number(seconds), by: `${name}: ${value}` };
    }
  }
  const command = exec?.command.join(' ') ?? '';
  for (const limit of COMMAND_LIMITS) {
    const [, by, ...seconds] = limit.exec(command) ?? [];
    if (by !== undefined) return { seconds: Number(seconds.find(Boolean)), by };
  }
  return undefined;
}

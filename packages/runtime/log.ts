import type { LOG_LEVELS } from '@cafe-lumiere/contract';
import { type LoggerOptions, pino, type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

/** Some twenty lines, as much as a pipe takes in one piece (PIPE_BUF, pipe(7)). */
const GATHERED_CHARACTERS = 4096;
/** Whoever follows the log of a quiet service does not notice it. */
const LONGEST_IN_MEMORY_MS = 100;

/** A JSON log on standard output, a line an event, as a cluster's log collector wants it. */
export function createLog(service: string, version: string, level: (typeof LOG_LEVELS)[number]): Logger {
  const options: LoggerOptions = {
    level,
    base: { service, version },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // Whatever object is logged, a password in it is not.
    redact: {
      paths: ['password', '*.password', 'DB_PASSWORD', '*.DB_PASSWORD', 'headers.authorization'],
      censor: '…',
    },
  };
  // Written behind our back, several lines at once under load: waiting for each was a tenth of an order's time, and a
  // write for each was still a tenth of its processor time. What ends the process in order, and by itself, writes the
  // rest first; only SIGKILL can lose the last lines.
  const gathered = { minLength: GATHERED_CHARACTERS, periodicFlush: LONGEST_IN_MEMORY_MS };
  return pino(options, pino.destination({ dest: 1, sync: false, ...gathered }));
}

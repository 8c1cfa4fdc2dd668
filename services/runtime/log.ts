import { pino, type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

/** The levels that `LOG_LEVEL` may have. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** A JSON log on standard output, a line an event, as a cluster's log collector wants it. */
export function createLog(service: string, version: string, level: (typeof LOG_LEVELS)[number]): Logger {
  return pino({
    level,
    base: { service, version },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // Whatever object is logged, a password in it is not.
    redact: {
      paths: ['password', '*.password', 'DB_PASSWORD', '*.DB_PASSWORD', 'headers.authorization'],
      censor: '…',
    },
  });
}

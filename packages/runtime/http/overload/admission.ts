import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Logger } from '../../log.js';
import type { Metrics } from '../../metrics.js';
import { OVERLOAD_LIMITS } from '../limits.js';
import { AdmissionQueue, type OverloadLimits } from './admission-queue.js';
import { noteArrival } from './arrival.js';
import type { CriticalityOf } from './criticality.js';

type Answer = ServerResponse & { req: IncomingMessage };

/** What stands before a service's application. */
export interface AdmissionOptions {
  /** Answers a request that is begun. */
  readonly answer: RequestListener;
  /** Answers one that is not. */
  readonly refuse: (request: IncomingMessage, response: ServerResponse) => void;
  readonly criticalityOf: CriticalityOf;
  readonly metrics: Pick<Metrics, 'requestsShed'>;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  /** @default - OVERLOAD_LIMITS, number by number */
  readonly limits?: Partial<OverloadLimits>;
}

/** Has a server answer as many requests as it can in time, and refuse the others: see {@link AdmissionQueue}. */
export function admitRequests(server: Server, options: AdmissionOptions): void {
  const { answer, refuse, criticalityOf, metrics, log } = options;
  const limits = { ...OVERLOAD_LIMITS, ...options.limits };
  const now = (): number => performance.now();
  const processorMs = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const later = (callback: () => void): void => {
    setTimeout(callback, limits.newcomerLookMs);
  };
  const queue = new AdmissionQueue({ limits, now, processorMs, nextTurn: setImmediate, later });
  let quiet: NodeJS.Timeout | undefined;
  const noteRefusal = (): void => {
    if (quiet) {
      quiet.refresh();
      return;
    }
    log.warn('there is more to do than can be done: requests are refused until there is less');
    quiet = setTimeout(() => {
      quiet = undefined;
      log.info('nobody has been refused for a while');
    }, limits.quietMs).unref();
  };
  server.on('connection', () => {
    queue.connected();
  });
  server.on('request', (request: IncomingMessage, response: Answer) => {
    const criticality = criticalityOf(request);
    const since = now();
    queue.arrived({
      criticality,
      isGone: () => request.socket.destroyed,
      begin: () => {
        noteArrival(request, since);
        answer(request, response);
      },
      refuse: () => {
        metrics.requestsShed.inc({ criticality });
        noteRefusal();
        refuse(request, response);
      },
    });
  });
}

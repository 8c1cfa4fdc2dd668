import type { IncomingMessage } from 'node:http';

const arrivals = new WeakMap<IncomingMessage, number>();

/** Notes when a request arrived, on the clock of `performance.now()`: it may be begun later. */
export function noteArrival(request: IncomingMessage, at: number): void {
  arrivals.set(request, at);
}

/** When a request arrived. @returns now, when nobody has noted it */
export const arrivalOf = (request: IncomingMessage): number => arrivals.get(request) ?? performance.now();

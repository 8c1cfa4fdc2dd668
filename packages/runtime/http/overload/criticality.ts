import type { IncomingMessage } from 'node:http';

/**
 * What goes first when there is more to do than can be done, in Google's words for it: a request that is `sheddable` may come
 * again later, such as the first page of somebody who has not begun anything; `critical` is what makes the load end, such as the
 * step of a cook. Everything else is of the middle.
 *
 * @see https://sre.google/sre-book/handling-overload/
 */
export type Criticality = 'critical' | 'usual' | 'sheddable';

/** The order in which they are begun. */
export const CRITICALITIES = ['critical', 'usual', 'sheddable'] as const satisfies readonly Criticality[];

/** Says of a request, from its method, target and headers alone, how critical it is. Called for each one: it must be quick. */
export type CriticalityOf = (request: IncomingMessage) => Criticality;

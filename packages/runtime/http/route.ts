import Router from '@koa/router';
import type { Audience, Operation } from '@cafe-lumiere/contract';
import type { Context } from 'koa';
import { believeCaller } from './caller.js';

/** The parameters in a path, decoded. */
export type PathParameters = Readonly<Record<string, string>>;

/** One method of one path: who may ask for it, and what answers. */
export interface Route {
  readonly method: Operation['method'];
  /** With parameters, such as `/cups/:shelf`. */
  readonly path: `/${string}`;
  readonly audience: Audience;
  readonly answer: (context: Context, params: PathParameters) => Promise<void> | void;
}

/** A route as it is admitted: `page` is one for people, who are better shown the way in than refused. */
export interface AdmittedRoute extends Pick<Route, 'method' | 'path' | 'audience'> {
  readonly page: boolean;
}

/**
 * Decides whether a request may have what the router has matched. It returns true, or answers by itself and returns
 * false, or throws a Problem.
 */
export type Admit = (context: Context, route: AdmittedRoute) => boolean | Promise<boolean>;

const AUDIENCES = {
  everybody: true,
  staff: true,
  services: true,
} as const satisfies Record<Audience, true>;

/** `/Cups` and `/cups/` are other paths than `/cups`: what is not written exactly as it was declared is not there. */
export const strictRouter = (): Router => new Router({ strict: true, sensitive: true });

/**
 * A router in which nothing is answered before its route is admitted. What was matched is what is admitted: there is no
 * second reading of the path that could come to another end.
 *
 * @throws Error for a route that does not say for whom it is, and for one of the staff where nobody admits the staff
 */
export function routerOf(routes: readonly (Route & AdmittedRoute)[], admit: Admit | undefined): Router {
  const router = strictRouter();
  for (const route of routes) {
    const { method, path, audience, answer } = route;
    const name = `${method.toUpperCase()} ${path}`;
    if (!Object.hasOwn(AUDIENCES, audience)) {
      const known = Object.keys(AUDIENCES).join(', ');
      throw new Error(`${name} has the audience "${audience}"; it must be one of ${known}.`);
    }
    if (audience === 'staff' && !admit) {
      throw new Error(
        `${name} is for the staff, and the service has no "admit" that tells who is; add one to what its create() returns.`,
      );
    }
    router[method](path, async (context) => {
      if (audience === 'services') believeCaller(context);
      if (!admit || (await admit(context, route))) await answer(context, context.params);
    });
  }
  return router;
}

import type { Route } from '../http/route.js';

/** Routes for everybody, of a service that a test needs: written down one after the other, as a router has them. */
export class RoutesFixture {
  readonly list: Route[] = [];

  get(path: Route['path'], answer: Route['answer']): this {
    this.list.push({ method: 'get', path, audience: 'everybody', answer });
    return this;
  }

  post(path: Route['path'], answer: Route['answer']): this {
    this.list.push({ method: 'post', path, audience: 'everybody', answer });
    return this;
  }
}

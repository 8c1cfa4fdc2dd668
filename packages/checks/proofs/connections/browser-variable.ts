import { connections } from '../../model/connections.js';
import type { Problem, Proof } from '../proof.js';
import { connectionProblem, written } from './connection-problem.js';

/** Variables that a bundler writes into the page. Next.js and Nuxt read theirs on the server as well. */
const OF_BROWSERS = /^(?:VITE|REACT_APP|VUE_APP|GATSBY|NG_APP|EXPO_PUBLIC|NEXT_PUBLIC|NUXT_PUBLIC)_/;
const OF_SERVERS_TOO = /^(?:NEXT|NUXT)_PUBLIC_/;

/** What a browser is told is outside of the cluster, or a path of the page's own host. */
export const browserVariable = {
  id: 'CAFE006',
  title: "A browser's variable holds a name that only the cluster knows",
  why: 'The variable is built into a page or is read by it, and the page runs in a browser, outside of the cluster: there the name of a Service means nothing. It works in no browser, and in every test inside the cluster.',
  problems: (cluster) =>
    connections(cluster).flatMap((connection): Problem[] => {
      const { address, resolution } = connection;
      const { name } = address.variable;
      if (!OF_BROWSERS.test(name) || (resolution.kind !== 'service' && resolution.kind !== 'made')) return [];
      return [
        connectionProblem(connection, {
          severity: OF_SERVERS_TOO.test(name) ? 'risk' : 'broken',
          found: written(connection),
          expected: `a name that a browser resolves, or a path: ${address.host} is known inside the cluster only, and the page asks from outside`,
          change: `set ${address.variable.origin} to a path such as /api, which an Ingress leads to ${address.host}`,
        }),
      ];
    }),
} as const satisfies Proof;

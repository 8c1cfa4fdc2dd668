import { connections } from '../../model/connections.js';
import type { Container } from '../../model/schemas.js';
import type { Problem, Proof } from '../proof.js';
import { connectionProblem, written } from './connection-problem.js';

/** Variables that a bundler writes into the page. */
const OF_BROWSERS = /^(?:VITE|REACT_APP|VUE_APP|GATSBY|NG_APP|EXPO_PUBLIC|NEXT_PUBLIC|NUXT_PUBLIC)_/;

/** What a browser is told is outside of the cluster, or a path of the page's own host. */
export const browserVariable = {
  id: 'CAFE006',
  title: "A browser's variable holds a name that only the cluster knows",
  // Never more: no manifest says whether a server in the pod reads it, too.
  severity: 'risk',
  why: 'A bundler writes such a variable into the page, and the page runs in a browser, outside of the cluster: there the name of a Service means nothing. It works in no browser, and in every test inside the cluster. It is right where a server in the pod reads the variable and passes the requests on: the development server of Vite, Vue or React with a proxy, or the server of Next.js or Nuxt.',
  problems: (cluster) => {
    // Who wrote one so in a container wrote the others so.
    const seen = new Set<Container>();
    return connections(cluster).flatMap((connection): Problem[] => {
      const { address, resolution, container } = connection;
      const { name } = address.variable;
      if (!OF_BROWSERS.test(name) || (resolution.kind !== 'service' && resolution.kind !== 'made')) return [];
      if (seen.has(container)) return [];
      seen.add(container);
      return [
        connectionProblem(connection, {
          found: written(connection),
          expected: `a name that a browser resolves, or a path: ${address.host} is known inside the cluster only, and a page asks from outside; only a server in the pod, such as a development server's proxy, may use it`,
          change: `set ${address.variable.origin} to a path such as /api, which an Ingress leads to ${address.host}; and so with each such variable`,
        }),
      ];
    });
  },
} as const satisfies Proof;

import type { Cluster, Typed } from './cluster.js';
import { isMade } from './made-objects.js';
import { isExternal } from './annotations.js';
import { titleOf } from './manifest.js';
import { nearest } from './nearest-name.js';

/** A Service and its port, as an Ingress or a route names them. */
export interface Backend {
  readonly namespace: string;
  readonly name: string;
  readonly port: number | string | undefined;
}

/** What is wrong with a backend, in the words of a finding. */
export interface BackendProblem {
  readonly part: 'name' | 'port';
  readonly found: string;
  readonly expected: string;
  readonly likely: string | undefined;
  readonly change: string;
}

/** Whether the Service is there and has the port; what is wrong otherwise. */
export function backendProblem(cluster: Cluster, backend: Backend): BackendProblem | undefined {
  const { namespace, name } = backend;
  const service = cluster.services.get(`${namespace}/${name}`);
  if (service) return missingPort(service, backend);
  if (isMade(cluster, 'Service', namespace, name) || isExternal(cluster, namespace, 'Service', name)) {
    return undefined;
  }
  const here = [...cluster.services.values()].flatMap((each) =>
    each.namespace === namespace ? [each.name] : [],
  );
  const likely = nearest(name, here);
  return {
    part: 'name',
    found: name,
    expected: `a Service of the namespace${namespace === '' ? '' : ` ${namespace}`}; without one every request is answered with 503`,
    likely,
    change: `set the backend to ${likely ?? 'a Service that is there'}`,
  };
}

function missingPort(service: Typed<'Service'>, { port }: Backend): BackendProblem | undefined {
  const { ports, type } = service.typed.spec;
  if (port === undefined || type === 'ExternalName') return undefined;
  if (ports.some((each) => each.port === port || each.name === port)) return undefined;
  const listed = ports.map((each) => (typeof port === 'string' ? (each.name ?? '') : String(each.port)));
  const written = listed.filter((each) => each !== '');
  const likely = nearest(String(port), written) ?? (written.length === 1 ? written[0] : undefined);
  const all = ports.map((each) => (each.name === undefined ? `${each.port}` : `${each.port} (${each.name})`));
  return {
    part: 'port',
    found: `port ${port} of ${titleOf(service)}`,
    expected: `a port of that Service: ${all.join(', ') || 'it has none'}; with another every request is answered with 503`,
    likely,
    change: `set the port to ${likely ?? all[0] ?? 'one of those'}, or give the Service a port ${port}`,
  };
}

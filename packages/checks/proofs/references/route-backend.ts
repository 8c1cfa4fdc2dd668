import { backendProblem } from '../../model/backends.js';
import type { Cluster, Typed } from '../../model/cluster.js';
import { isRecord, type Manifest, recordOf, recordsIn, titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';
import { isPresent, secretsIn } from './references.js';

/** Each route of the Gateway API hangs on a Gateway and leads to a port of a Service. */
export const routeBackend = {
  id: 'CAFE028',
  title: 'A route has no Gateway, or leads to no Service or port; a Gateway lacks its certificate',
  why: 'The route is accepted by the API server and by nobody else: requests are answered with 404, 500 or nothing.',
  problems: (cluster) => [
    ...cluster.manifests.flatMap((manifest) => certificates(cluster, manifest)),
    ...cluster.routes.flatMap((route) => [...parents(cluster, route), ...backends(cluster, route)]),
  ],
} as const satisfies Proof;

function parents(cluster: Cluster, route: Typed<'Route'>): Problem[] {
  const gateways = cluster.manifests.filter(isGateway);
  return route.typed.spec.parentRefs.flatMap(({ kind, name, namespace, sectionName }): Problem[] => {
    if (kind !== 'Gateway') return [];
    const own = namespace ?? route.namespace;
    const gateway = gateways.find((each) => each.namespace === own && each.name === name);
    const here = gateways.flatMap((each) => (each.namespace === own ? [each.name] : []));
    if (!gateway) {
      const likely = nearest(name, here);
      return [
        {
          // A cluster's own Gateway is often somebody else's.
          severity: likely !== undefined ? 'broken' : here.length === 0 ? 'advice' : 'risk',
          object: titleOf(route),
          field: `spec.parentRefs[${name}].name`,
          found: `Gateway ${name}, which is not among the manifests`,
          expected: `a Gateway that is there: ${here.join(', ') || 'there is none'}; without one nobody serves the route`,
          likely,
          change: `set the parent to ${likely ?? 'a Gateway that is there'}`,
        },
      ];
    }
    const listeners = listenersOf(gateway);
    if (sectionName === undefined || listeners.length === 0 || listeners.includes(sectionName)) return [];
    const likely = nearest(sectionName, listeners);
    return [
      {
        object: titleOf(route),
        field: `spec.parentRefs[${name}].sectionName`,
        found: `listener ${sectionName} of ${titleOf(gateway)}`,
        expected: `a listener that it has: ${listeners.join(', ')}`,
        likely,
        change: `set sectionName to ${likely ?? 'one of those'}`,
      },
    ];
  });
}

const isGateway = ({ kind, apiVersion }: Manifest): boolean =>
  kind === 'Gateway' && apiVersion.startsWith('gateway.networking.k8s.io/');

const listenersOf = (gateway: Manifest): readonly string[] =>
  listenerRecords(gateway).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));

function listenerRecords({ content: { spec } }: Manifest): readonly Readonly<Record<string, unknown>>[] {
  return recordsIn(recordOf(spec)['listeners']);
}

function certificates(cluster: Cluster, gateway: Manifest): Problem[] {
  if (!isGateway(gateway)) return [];
  return listenerRecords(gateway).flatMap(({ tls }, listener) => {
    const references = isRecord(tls) && Array.isArray(tls['certificateRefs']) ? tls['certificateRefs'] : [];
    return references.flatMap((reference: unknown, index): Problem[] => {
      const { name, kind = 'Secret', namespace = gateway.namespace } = recordOf(reference);
      if (typeof name !== 'string' || kind !== 'Secret' || typeof namespace !== 'string') return [];
      if (isPresent(cluster, { kind, namespace, name })) return [];
      const likely = nearest(name, secretsIn(cluster, namespace));
      return [
        {
          severity: likely === undefined ? 'risk' : 'broken',
          object: titleOf(gateway),
          field: `spec.listeners[${listener}].tls.certificateRefs[${index}].name`,
          found: `Secret ${name}, which is not among the manifests`,
          expected:
            'a Secret that is there, or that a Certificate makes; without one nothing is served over TLS',
          likely,
          change: `name ${likely ?? 'one that is there'}, or add a Certificate with secretName: ${name}`,
        },
      ];
    });
  });
}

function backends(cluster: Cluster, route: Typed<'Route'>): Problem[] {
  return route.typed.spec.rules.flatMap(({ backendRefs }, index) =>
    backendRefs.flatMap(({ group, kind, name, namespace = route.namespace, port }): Problem[] => {
      if (kind !== 'Service' || group !== '') return [];
      const field = `spec.rules[${index}].backendRefs[${name}]`;
      const problem = backendProblem(cluster, { namespace, name, port });
      if (problem) {
        const { part, ...explanation } = problem;
        return [{ object: titleOf(route), field: `${field}.${part}`, ...explanation }];
      }
      if (namespace === route.namespace || isGranted(cluster, route, namespace)) return [];
      return [
        {
          object: titleOf(route),
          field: `${field}.namespace`,
          found: `a Service of the namespace ${namespace}, and no ReferenceGrant there`,
          expected: `a ReferenceGrant in ${namespace} for a ${route.kind} from ${route.namespace}: without it the Gateway answers 500`,
          change: `add a ReferenceGrant to the namespace ${namespace}`,
        },
      ];
    }),
  );
}

const isGranted = ({ manifests }: Cluster, route: Typed<'Route'>, namespace: string): boolean =>
  manifests.some(({ kind, namespace: own, content: { spec } }) => {
    if (kind !== 'ReferenceGrant' || own !== namespace || !isRecord(spec) || !Array.isArray(spec['from'])) {
      return false;
    }
    return spec['from'].some(
      (from: unknown) =>
        isRecord(from) && from['kind'] === route.kind && from['namespace'] === route.namespace,
    );
  });

import { backendProblem } from '../../model/backends.js';
import type { Cluster, Typed } from '../../model/cluster.js';
import { titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';
import { isPresent, secretsIn } from './references.js';

/** Each path of an ingress leads to a port of a Service, and its certificate is there. */
export const ingressBackend = {
  id: 'CAFE027',
  title: 'An ingress leads to no Service or port, or lacks its certificate',
  why: 'The controller takes the Ingress and answers every request for it with 503, or with a certificate that no browser trusts.',
  problems: (cluster) =>
    cluster.ingresses.flatMap((ingress) => [
      ...backends(cluster, ingress),
      ...certificates(cluster, ingress),
    ]),
} as const satisfies Proof;

function backends(cluster: Cluster, ingress: Typed<'Ingress'>): Problem[] {
  const { defaultBackend, rules } = ingress.typed.spec;
  const all = [
    ...(defaultBackend ? [{ field: 'spec.defaultBackend', backend: defaultBackend }] : []),
    ...rules.flatMap(({ http }, rule) =>
      (http?.paths ?? []).map(({ backend }, path) => ({
        field: `spec.rules[${rule}].http.paths[${path}].backend`,
        backend,
      })),
    ),
  ];
  return all.flatMap(({ field, backend: { service } }): Problem[] => {
    // A controller of a cloud reads an action of this name in an annotation.
    if (!service || service.port?.name === 'use-annotation') return [];
    const problem = backendProblem(cluster, {
      namespace: ingress.namespace,
      name: service.name,
      port: service.port?.number ?? service.port?.name,
    });
    if (!problem) return [];
    const { part, ...explanation } = problem;
    return [{ object: titleOf(ingress), field: `${field}.service.${part}`, ...explanation }];
  });
}

function certificates(cluster: Cluster, ingress: Typed<'Ingress'>): Problem[] {
  const { namespace } = ingress;
  return ingress.typed.spec.tls.flatMap(({ secretName: name }, index): Problem[] => {
    if (name === undefined || isPresent(cluster, { kind: 'Secret', namespace, name })) return [];
    const likely = nearest(name, secretsIn(cluster, namespace));
    return [
      {
        severity: likely === undefined ? 'risk' : 'broken',
        object: titleOf(ingress),
        field: `spec.tls[${index}].secretName`,
        found: `Secret ${name}, which is not among the manifests`,
        expected:
          'a Secret that is there, or that a Certificate makes; without one the controller shows its own certificate, which no browser trusts',
        likely,
        change: `name ${likely ?? 'one that is there'}, or add a Certificate with secretName: ${name}`,
      },
    ];
  });
}

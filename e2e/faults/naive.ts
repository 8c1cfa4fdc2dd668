import { readFileSync, writeFileSync } from 'node:fs';
import { parseAllDocuments, stringify } from 'yaml';
import { z } from 'zod';

const anything = z.record(z.string(), z.unknown());
const container = z.looseObject({ env: z.array(z.looseObject({ name: z.string() })) });
const deployment = z.looseObject({
  kind: z.literal('Deployment'),
  spec: z.looseObject({
    template: z.looseObject({ spec: z.looseObject({ containers: z.array(container) }) }),
  }),
});

/**
 * The same manifests without what this project is about, as most examples have them: no readiness and start probes, no
 * gate, a liveness probe that asks for the store, no drain, and a rollout that takes a pod away before another serves.
 * It is made here, in the tests' own copy, so that nobody can take it for the café's.
 */
export function makeNaive(from: string, to: string): void {
  const naive = parseAllDocuments(readFileSync(from, 'utf8')).map((document) => {
    const manifest = anything.parse(document.toJS());
    const read = deployment.safeParse(manifest);
    return read.success ? toNaive(read.data) : manifest;
  });
  writeFileSync(to, naive.map((manifest) => stringify(manifest)).join('---\n'));
}

function toNaive(given: z.output<typeof deployment>): unknown {
  const { template } = given.spec;
  const withoutDrain = (variable: { readonly name: string }) =>
    ['DRAIN_SECONDS', 'IN_FLIGHT_SECONDS'].includes(variable.name) ? { ...variable, value: '0' } : variable;
  const containers = template.spec.containers.map((one) => ({
    ...one,
    readinessProbe: null,
    startupProbe: null,
    // /readyz asks for the store. The times are Kubernetes' own defaults.
    livenessProbe: { httpGet: { path: '/readyz', port: 'operations' } },
    env: one.env.map(withoutDrain),
  }));
  return {
    ...given,
    spec: {
      ...given.spec,
      minReadySeconds: 0,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: { ...template, spec: { ...template.spec, initContainers: null, containers } },
    },
  };
}

import type { Cluster, Workload } from './cluster.js';
import { containersOf } from './environment.js';
import type { Finding } from './finding.js';
import { nearest } from './likely.js';
import { titleOf } from './manifest.js';
import { key, object } from './reference.js';
import { environment, serviceLinks } from './variables.js';
import { volumes } from './volumes.js';
import type { Check } from './options.js';

const SYSTEM_PRIORITIES = new Set(['system-cluster-critical', 'system-node-critical']);

/** What a pod refers to is among the manifests, or declared to come from elsewhere. */
export const references: Check = (cluster) => [
  ...cluster.workloads.flatMap((workload) => [
    ...keys(cluster, workload),
    ...wholeObjects(cluster, workload),
    ...volumes(cluster, workload),
    ...environment(workload),
    ...serviceLinks(cluster, workload),
  ]),
  ...ingresses(cluster),
];

function keys(cluster: Cluster, workload: Workload): Finding[] {
  return containersOf(workload).flatMap(({ list, container }) =>
    container.env.flatMap(({ name, valueFrom }): Finding[] => {
      const reference = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
      if (!reference || reference.optional) return [];
      const kind = valueFrom?.configMapKeyRef ? 'ConfigMap' : 'Secret';
      const field = `${list}[${container.name}].env[${name}].valueFrom`;
      return key(cluster, workload, field, kind, reference.name, reference.key);
    }),
  );
}

function wholeObjects(cluster: Cluster, workload: Workload): Finding[] {
  const { pod } = workload;
  const account = pod.serviceAccountName;
  const priority = pod.priorityClassName;
  return [
    ...containersOf(workload).flatMap(({ list, container }) =>
      container.envFrom.flatMap(({ configMapRef, secretRef }, index) => {
        const reference = configMapRef ?? secretRef;
        if (!reference || reference.optional) return [];
        const kind = configMapRef ? 'ConfigMap' : 'Secret';
        return object(
          cluster,
          workload,
          `${list}[${container.name}].envFrom[${index}]`,
          kind,
          reference.name,
        );
      }),
    ),
    ...(account === undefined
      ? []
      : object(cluster, workload, 'serviceAccountName', 'ServiceAccount', account)),
    ...pod.imagePullSecrets.flatMap(({ name }) =>
      object(cluster, workload, 'imagePullSecrets', 'Secret', name),
    ),
    ...(priority === undefined ||
    SYSTEM_PRIORITIES.has(priority) ||
    cluster.find('PriorityClass', '', priority)
      ? []
      : object(cluster, workload, 'priorityClassName', 'PriorityClass', priority)),
  ];
}

function ingresses(cluster: Cluster): Finding[] {
  return cluster.ingresses.flatMap((ingress) =>
    ingress.typed.spec.rules.flatMap(({ http }) =>
      (http?.paths ?? []).flatMap(({ backend: { service } }): Finding[] => {
        if (!service || cluster.services.has(`${ingress.namespace}/${service.name}`)) return [];
        const likely = nearest(
          service.name,
          [...cluster.services.values()].flatMap((each) =>
            each.namespace === ingress.namespace ? [each.name] : [],
          ),
        );
        return [
          {
            id: 'CAFE027',
            severity: 'error',
            object: titleOf(ingress),
            field: 'spec.rules[].http.paths[].backend.service.name',
            found: service.name,
            expected: 'a Service of the same namespace; without one the ingress answers 503',
            likely,
            change: `set the backend to ${likely ?? 'a Service that is there'}`,
          },
        ];
      }),
    ),
  );
}

import { z } from 'zod';
import { intOrString, labelSelector, metadata, strings, unlessNone } from './common-schemas.js';
import { podSpec } from './pod-schemas.js';

export type { LabelSelector } from './common-schemas.js';
export type { Container, PodSpec, Probe } from './pod-schemas.js';

// The parts of Kubernetes' objects that the proofs read. What is not named here stays in place, unread; a field that is
// named and has the wrong type is a finding, because the API server refuses it, too.

const podTemplate = z.looseObject({ metadata: metadata.prefault({}), spec: podSpec });

/** Every field that one of the five kinds with a pod template has; a reader asks for what its kind has. */
const workloadSpec = z.looseObject({
  replicas: z.number().optional(),
  selector: labelSelector.optional(),
  template: podTemplate,
  serviceName: z.string().optional(),
  progressDeadlineSeconds: z.number().default(600),
  strategy: z
    .looseObject({
      type: z.string().default('RollingUpdate'),
      rollingUpdate: z
        .looseObject({ maxSurge: intOrString.optional(), maxUnavailable: intOrString.optional() })
        .optional(),
    })
    .optional(),
  volumeClaimTemplates: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })).default([]),
});
/** The `spec` of what makes pods. */
export type WorkloadSpec = z.output<typeof workloadSpec>;

const networkPolicyPort = z.looseObject({
  protocol: z.string().default('TCP'),
  port: intOrString.optional(),
  endPort: z.number().optional(),
});
/** A port of a policy's rule. */
export type NetworkPolicyPort = z.output<typeof networkPolicyPort>;

const networkPolicyPeer = z.looseObject({
  podSelector: labelSelector.optional(),
  namespaceSelector: labelSelector.optional(),
  ipBlock: z.looseObject({ cidr: z.string() }).optional(),
});
/** One `from` or `to` of a policy's rule. */
export type NetworkPolicyPeer = z.output<typeof networkPolicyPeer>;

/** The `spec` or `data` of each kind that the checks read, by kind. */
export const KINDS = {
  Namespace: z.looseObject({ metadata }),
  ConfigMap: z.looseObject({ metadata, data: strings.default({}), binaryData: strings.default({}) }),
  Secret: z.looseObject({
    metadata,
    type: z.string().default('Opaque'),
    data: strings.default({}),
    stringData: strings.default({}),
  }),
  Service: z.looseObject({
    metadata,
    spec: z.looseObject({
      type: z.string().default('ClusterIP'),
      clusterIP: z.string().optional(),
      externalName: z.string().optional(),
      selector: strings.optional(),
      ports: z
        .array(
          z.looseObject({
            name: z.string().optional(),
            port: z.number(),
            nodePort: z.number().optional().transform(unlessNone),
            protocol: z.string().default('TCP'),
            targetPort: intOrString.optional().transform(unlessNone),
          }),
        )
        .default([]),
    }),
  }),
  Pod: z.looseObject({ metadata, spec: podSpec }),
  CronJob: z.looseObject({
    metadata,
    spec: z.looseObject({ jobTemplate: z.looseObject({ spec: workloadSpec }) }),
  }),
  Workload: z.looseObject({ metadata, spec: workloadSpec }),
  NetworkPolicy: z.looseObject({
    metadata,
    spec: z.looseObject({
      podSelector: labelSelector,
      policyTypes: z.array(z.string()).optional(),
      ingress: z
        .array(
          z.looseObject({
            from: z.array(networkPolicyPeer).default([]),
            ports: z.array(networkPolicyPort).default([]),
          }),
        )
        .default([]),
      egress: z
        .array(
          z.looseObject({
            to: z.array(networkPolicyPeer).default([]),
            ports: z.array(networkPolicyPort).default([]),
          }),
        )
        .default([]),
    }),
  }),
  PodDisruptionBudget: z.looseObject({
    metadata,
    spec: z.looseObject({
      minAvailable: intOrString.optional(),
      maxUnavailable: intOrString.optional(),
      selector: labelSelector.optional(),
    }),
  }),
  HorizontalPodAutoscaler: z.looseObject({
    metadata,
    spec: z.looseObject({
      minReplicas: z.number().default(1),
      maxReplicas: z.number(),
      scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }),
      metrics: z
        .array(
          z.looseObject({
            resource: z
              .looseObject({ name: z.string(), target: z.looseObject({ type: z.string() }).optional() })
              .optional(),
          }),
        )
        .default([]),
    }),
  }),
  Ingress: z.looseObject({
    metadata,
    spec: z.looseObject({
      defaultBackend: ingressBackend().optional(),
      tls: z.array(z.looseObject({ secretName: z.string().optional() })).default([]),
      rules: z
        .array(
          z.looseObject({
            http: z.looseObject({ paths: z.array(z.looseObject({ backend: ingressBackend() })) }).optional(),
          }),
        )
        .default([]),
    }),
  }),
  Monitor: z.looseObject({
    metadata,
    spec: z.looseObject({
      selector: labelSelector.prefault({}),
      namespaceSelector: z
        .looseObject({ any: z.boolean().default(false), matchNames: z.array(z.string()).default([]) })
        .prefault({}),
      endpoints: z.array(z.looseObject({ port: z.string().optional() })).default([]),
      podMetricsEndpoints: z.array(z.looseObject({ port: z.string().optional() })).default([]),
    }),
  }),
  Binding: z.looseObject({
    metadata,
    roleRef: z.looseObject({ kind: z.string(), name: z.string() }),
    subjects: z
      .array(z.looseObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() }))
      .default([]),
  }),
  Route: z.looseObject({
    metadata,
    spec: z.looseObject({
      parentRefs: z
        .array(
          z.looseObject({
            kind: z.string().default('Gateway'),
            name: z.string(),
            namespace: z.string().optional(),
            sectionName: z.string().optional(),
          }),
        )
        .default([]),
      rules: z
        .array(
          z.looseObject({
            backendRefs: z
              .array(
                z.looseObject({
                  group: z.string().default(''),
                  kind: z.string().default('Service'),
                  name: z.string(),
                  namespace: z.string().optional(),
                  port: z.number().optional(),
                }),
              )
              .default([]),
          }),
        )
        .default([]),
    }),
  }),
} as const;

function ingressBackend() {
  return z.looseObject({
    service: z
      .looseObject({
        name: z.string(),
        port: z.looseObject({ number: z.number().optional(), name: z.string().optional() }).optional(),
      })
      .optional(),
  });
}

import { z } from 'zod';
import { intOrString, labelSelector, unlessNone } from './common-schemas.js';

// A pod, as far as the proofs read it; see schemas.ts.

const keyReference = z.looseObject({
  name: z.string(),
  key: z.string(),
  optional: z.boolean().default(false),
});
const nameReference = z.looseObject({ name: z.string(), optional: z.boolean().default(false) });

const envVar = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .looseObject({ configMapKeyRef: keyReference.optional(), secretKeyRef: keyReference.optional() })
    .optional(),
});

const probe = z.looseObject({
  httpGet: z
    .looseObject({
      path: z.string().default('/'),
      port: intOrString,
      host: z.string().optional(),
      httpHeaders: z.array(z.looseObject({ name: z.string(), value: z.string() })).default([]),
    })
    .optional(),
  tcpSocket: z.looseObject({ port: intOrString, host: z.string().optional() }).optional(),
  exec: z.looseObject({ command: z.array(z.string()).default([]) }).optional(),
  grpc: z.looseObject({ port: z.number(), service: z.string().optional() }).optional(),
  initialDelaySeconds: z.number().default(0),
  periodSeconds: z.number().default(10),
  timeoutSeconds: z.number().default(1),
  failureThreshold: z.number().default(3),
  successThreshold: z.number().default(1),
});
/** A probe of the kubelet. */
export type Probe = z.output<typeof probe>;

const containerSecurity = z.looseObject({
  privileged: z.boolean().optional(),
  allowPrivilegeEscalation: z.boolean().optional(),
  runAsNonRoot: z.boolean().optional(),
  runAsUser: z.number().optional(),
  procMount: z.string().optional(),
  seccompProfile: z.looseObject({ type: z.string() }).optional(),
  capabilities: z
    .looseObject({ drop: z.array(z.string()).default([]), add: z.array(z.string()).default([]) })
    .optional(),
});

const container = z.looseObject({
  name: z.string(),
  image: z.string().default(''),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  restartPolicy: z.string().optional(),
  env: z.array(envVar).default([]),
  envFrom: z
    .array(
      z.looseObject({
        prefix: z.string().default(''),
        configMapRef: nameReference.optional(),
        secretRef: nameReference.optional(),
      }),
    )
    .default([]),
  ports: z
    .array(
      z.looseObject({
        name: z.string().optional(),
        containerPort: z.number(),
        protocol: z.string().default('TCP'),
        hostPort: z.number().optional().transform(unlessNone),
      }),
    )
    .default([]),
  startupProbe: probe.optional(),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
  lifecycle: z
    .looseObject({
      preStop: z
        .looseObject({
          sleep: z.looseObject({ seconds: z.number() }).optional(),
          exec: z.looseObject({ command: z.array(z.string()).default([]) }).optional(),
        })
        .optional(),
    })
    .optional(),
  resources: z.looseObject({ requests: z.record(z.string(), intOrString).default({}) }).optional(),
  securityContext: containerSecurity.optional(),
  volumeMounts: z
    .array(z.looseObject({ name: z.string(), mountPath: z.string(), subPath: z.string().optional() }))
    .default([]),
});
/** A container of a pod. */
export type Container = z.output<typeof container>;

const projectedSource = z.looseObject({
  name: z.string(),
  items: z.array(z.looseObject({ key: z.string(), path: z.string().optional() })).default([]),
});

const volume = z.looseObject({
  name: z.string(),
  configMap: z
    .looseObject({
      name: z.string(),
      optional: z.boolean().default(false),
      items: z.array(z.looseObject({ key: z.string(), path: z.string().optional() })).default([]),
    })
    .optional(),
  projected: z
    .looseObject({
      sources: z
        .array(
          z.looseObject({
            configMap: projectedSource.optional(),
            secret: projectedSource.optional(),
          }),
        )
        .default([]),
    })
    .optional(),
  secret: z
    .looseObject({
      secretName: z.string(),
      optional: z.boolean().default(false),
      items: z.array(z.looseObject({ key: z.string(), path: z.string().optional() })).default([]),
    })
    .optional(),
  persistentVolumeClaim: z.looseObject({ claimName: z.string() }).optional(),
});

const podAffinityTerm = z.looseObject({ topologyKey: z.string(), labelSelector: labelSelector.optional() });

export const podSpec = z.looseObject({
  containers: z.array(container).min(1),
  initContainers: z.array(container).default([]),
  volumes: z.array(volume).default([]),
  serviceAccountName: z.string().optional(),
  priorityClassName: z.string().optional(),
  enableServiceLinks: z.boolean().default(true),
  terminationGracePeriodSeconds: z.number().default(30),
  hostNetwork: z.boolean().default(false),
  hostPID: z.boolean().default(false),
  hostIPC: z.boolean().default(false),
  hostAliases: z.array(z.looseObject({ hostnames: z.array(z.string()).default([]) })).default([]),
  imagePullSecrets: z.array(z.looseObject({ name: z.string() })).default([]),
  securityContext: containerSecurity
    .extend({
      sysctls: z.array(z.looseObject({ name: z.string() })).default([]),
    })
    .optional(),
  affinity: z
    .looseObject({
      podAntiAffinity: z
        .looseObject({ requiredDuringSchedulingIgnoredDuringExecution: z.array(podAffinityTerm).default([]) })
        .optional(),
    })
    .optional(),
  topologySpreadConstraints: z
    .array(
      z.looseObject({
        topologyKey: z.string(),
        whenUnsatisfiable: z.string(),
        minDomains: z.number().default(1),
      }),
    )
    .default([]),
});
/** The `spec` of a pod. */
export type PodSpec = z.output<typeof podSpec>;

import { z } from 'zod';

// The parts of Kubernetes' objects that the checks read. What is not named here stays in place, unread; a field that is
// named and has the wrong type is a finding, because the API server refuses it, too.

// A synth reads each kind a few times, and compiling a reader for it costs more than that; measured, also with thousands.
z.config({ jitless: true });

const strings = z.record(z.string(), z.string());
const intOrString = z.union([z.number(), z.string()]);

const labelSelector = z.looseObject({
  matchLabels: strings.default({}),
  matchExpressions: z
    .array(z.looseObject({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
    .default([]),
});
export type LabelSelector = z.output<typeof labelSelector>;

const metadata = z.looseObject({
  name: z.string().optional(),
  generateName: z.string().optional(),
  namespace: z.string().optional(),
  labels: strings.default({}),
  annotations: strings.default({}),
  uid: z.string().optional(),
});

const keyReference = z.looseObject({
  name: z.string(),
  key: z.string(),
  optional: z.boolean().default(false),
});
const nameReference = z.looseObject({ name: z.string(), optional: z.boolean().default(false) });

const environmentEntry = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .looseObject({ configMapKeyRef: keyReference.optional(), secretKeyRef: keyReference.optional() })
    .optional(),
});
export type EnvironmentEntry = z.output<typeof environmentEntry>;

const probe = z.looseObject({
  httpGet: z
    .looseObject({ path: z.string().default('/'), port: intOrString, host: z.string().optional() })
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
  env: z.array(environmentEntry).default([]),
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
        hostPort: z.number().optional(),
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
export type Container = z.output<typeof container>;

const volume = z.looseObject({
  name: z.string(),
  configMap: z
    .looseObject({
      name: z.string(),
      optional: z.boolean().default(false),
      items: z.array(z.looseObject({ key: z.string() })).default([]),
    })
    .optional(),
  secret: z
    .looseObject({
      secretName: z.string(),
      optional: z.boolean().default(false),
      items: z.array(z.looseObject({ key: z.string() })).default([]),
    })
    .optional(),
  persistentVolumeClaim: z.looseObject({ claimName: z.string() }).optional(),
});

const podAffinityTerm = z.looseObject({ topologyKey: z.string(), labelSelector: labelSelector.optional() });

const podSpec = z.looseObject({
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
export type PodSpec = z.output<typeof podSpec>;

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
export type WorkloadSpec = z.output<typeof workloadSpec>;

const networkPort = z.looseObject({
  protocol: z.string().default('TCP'),
  port: intOrString.optional(),
  endPort: z.number().optional(),
});
export type NetworkPort = z.output<typeof networkPort>;

const networkPeer = z.looseObject({
  podSelector: labelSelector.optional(),
  namespaceSelector: labelSelector.optional(),
  ipBlock: z.looseObject({ cidr: z.string() }).optional(),
});
export type NetworkPeer = z.output<typeof networkPeer>;

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
            protocol: z.string().default('TCP'),
            targetPort: intOrString.optional(),
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
            from: z.array(networkPeer).default([]),
            ports: z.array(networkPort).default([]),
          }),
        )
        .default([]),
      egress: z
        .array(
          z.looseObject({
            to: z.array(networkPeer).default([]),
            ports: z.array(networkPort).default([]),
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
  Ingress: z.looseObject({ metadata, spec: z.looseObject({ rules: z.array(ingressRule()).default([]) }) }),
} as const;

function ingressRule() {
  const service = z.looseObject({
    name: z.string(),
    port: z.looseObject({ number: z.number().optional(), name: z.string().optional() }).optional(),
  });
  return z.looseObject({
    http: z
      .looseObject({
        paths: z.array(z.looseObject({ backend: z.looseObject({ service: service.optional() }) })),
      })
      .optional(),
  });
}

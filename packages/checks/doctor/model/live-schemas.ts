import { z } from 'zod';
import { labelSelector, strings } from '../../model/common-schemas.js';

// The parts of live objects that the doctor reads: mostly statuses, which manifests do not have.

const ownerReference = z.looseObject({
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().default(false),
});

const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().default(''),
  uid: z.string().default(''),
  generation: z.number().default(0),
  creationTimestamp: z.string().default(''),
  deletionTimestamp: z.string().optional(),
  deletionGracePeriodSeconds: z.number().default(30),
  finalizers: z.array(z.string()).default([]),
  labels: strings.default({}),
  annotations: strings.default({}),
  ownerReferences: z.array(ownerReference).default([]),
});

const condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTransitionTime: z.string().default(''),
});
/** A condition of a live object. */
export type Condition = z.output<typeof condition>;
const conditions = z.array(condition).default([]);

const terminated = z.looseObject({
  exitCode: z.number().default(0),
  reason: z.string().default(''),
  message: z.string().default(''),
  finishedAt: z.string().default(''),
});
const state = z
  .looseObject({
    waiting: z.looseObject({ reason: z.string().default(''), message: z.string().default('') }).optional(),
    running: z.looseObject({ startedAt: z.string().default('') }).optional(),
    terminated: terminated.optional(),
  })
  .default({});
const containerStatus = z.looseObject({
  name: z.string(),
  ready: z.boolean().default(false),
  started: z.boolean().optional(),
  restartCount: z.number().default(0),
  image: z.string().default(''),
  state,
  lastState: state,
});
/** What the kubelet says of a container. */
export type ContainerStatus = z.output<typeof containerStatus>;

const probe = z.looseObject({
  httpGet: z
    .looseObject({ path: z.string().default('/'), port: z.union([z.number(), z.string()]) })
    .optional(),
  tcpSocket: z.looseObject({ port: z.union([z.number(), z.string()]) }).optional(),
  exec: z.looseObject({ command: z.array(z.string()).default([]) }).optional(),
  initialDelaySeconds: z.number().default(0),
  periodSeconds: z.number().default(10),
  failureThreshold: z.number().default(3),
});
/** A probe of a container. */
export type LiveProbe = z.output<typeof probe>;

const container = z.looseObject({
  name: z.string(),
  image: z.string().default(''),
  restartPolicy: z.string().optional(),
  startupProbe: probe.optional(),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
  resources: z.looseObject({ requests: strings.default({}), limits: strings.default({}) }).prefault({}),
});
/** A container of a live pod. */
export type LiveContainer = z.output<typeof container>;

/** What a certificate says openly. */
const certificate = z.looseObject({ from: z.string(), until: z.string(), names: z.string().default('') });

/** A live object of each kind whose status is read. */
export const LIVE = {
  Pod: z.looseObject({
    metadata,
    spec: z.looseObject({
      nodeName: z.string().optional(),
      dnsPolicy: z.string().default('ClusterFirst'),
      hostNetwork: z.boolean().default(false),
      schedulerName: z.string().default('default-scheduler'),
      readinessGates: z.array(z.looseObject({ conditionType: z.string() })).default([]),
      schedulingGates: z.array(z.looseObject({ name: z.string() })).default([]),
      tolerations: z
        .array(
          z.looseObject({
            key: z.string().default(''),
            operator: z.string().default('Equal'),
            value: z.string().default(''),
            effect: z.string().default(''),
          }),
        )
        .default([]),
      containers: z.array(container).default([]),
      initContainers: z.array(container).default([]),
      volumes: z
        .array(z.looseObject({ persistentVolumeClaim: z.looseObject({ claimName: z.string() }).optional() }))
        .default([]),
    }),
    status: z
      .looseObject({
        phase: z.string().default('Unknown'),
        reason: z.string().default(''),
        message: z.string().default(''),
        podIP: z.string().optional(),
        conditions,
        containerStatuses: z.array(containerStatus).default([]),
        initContainerStatuses: z.array(containerStatus).default([]),
      })
      .prefault({}),
  }),
  Workload: z.looseObject({
    metadata,
    spec: z.looseObject({
      replicas: z.number().optional(),
      suspend: z.boolean().default(false),
      paused: z.boolean().default(false),
      progressDeadlineSeconds: z.number().optional(),
      selector: labelSelector.optional(),
    }),
    status: z
      .looseObject({
        observedGeneration: z.number().default(0),
        replicas: z.number().default(0),
        readyReplicas: z.number().default(0),
        availableReplicas: z.number().default(0),
        updatedReplicas: z.number().default(0),
        desiredNumberScheduled: z.number().optional(),
        numberReady: z.number().default(0),
        updateRevision: z.string().default(''),
        currentRevision: z.string().default(''),
        failed: z.number().default(0),
        conditions,
      })
      .prefault({}),
  }),
  EndpointSlice: z.looseObject({
    metadata,
    ports: z
      .array(
        z.looseObject({
          name: z
            .string()
            .nullish()
            .transform((name) => name ?? ''),
          port: z.number().nullish(),
        }),
      )
      .nullish()
      .transform((ports) => ports ?? []),
    endpoints: z
      .array(
        z.looseObject({
          addresses: z.array(z.string()).default([]),
          conditions: z.looseObject({ ready: z.boolean().default(true) }).prefault({}),
          nodeName: z.string().default(''),
          targetRef: z.looseObject({ name: z.string().default('') }).optional(),
        }),
      )
      .nullish()
      .transform((endpoints) => endpoints ?? []),
  }),
  Event: z.looseObject({
    metadata,
    involvedObject: z.looseObject({
      kind: z.string().default(''),
      name: z.string().default(''),
      namespace: z.string().default(''),
      uid: z.string().default(''),
      fieldPath: z.string().default(''),
    }),
    type: z.string().default('Normal'),
    reason: z.string().default(''),
    message: z.string().default(''),
    count: z.number().default(1),
    lastTimestamp: z.string().nullish(),
    eventTime: z.string().nullish(),
    series: z.looseObject({ lastObservedTime: z.string().nullish() }).nullish(),
  }),
  Node: z.looseObject({
    metadata,
    spec: z
      .looseObject({
        unschedulable: z.boolean().default(false),
        taints: z
          .array(z.looseObject({ key: z.string(), value: z.string().default(''), effect: z.string() }))
          .default([]),
      })
      .prefault({}),
    status: z.looseObject({ conditions }).prefault({}),
  }),
  Claim: z.looseObject({
    metadata,
    spec: z.looseObject({ storageClassName: z.string().optional(), volumeName: z.string().optional() }),
    status: z.looseObject({ phase: z.string().default('') }).prefault({}),
  }),
  StorageClass: z.looseObject({ metadata, volumeBindingMode: z.string().default('Immediate') }),
  Autoscaler: z.looseObject({
    metadata,
    spec: z.looseObject({ scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }) }),
    status: z.looseObject({ conditions }).prefault({}),
  }),
  Service: z.looseObject({
    metadata,
    spec: z.looseObject({
      type: z.string().default('ClusterIP'),
      clusterIP: z.string().default(''),
      selector: strings.optional(),
      externalName: z.string().optional(),
      ports: z.array(z.looseObject({ port: z.number() })).default([]),
    }),
  }),
  Secret: z.looseObject({
    metadata,
    type: z.string().default(''),
    certificate: certificate.optional(),
    /** Of the record of a Helm release, why it is not deployed. */
    said: z.string().default(''),
  }),
  PostgresCluster: z.looseObject({
    metadata,
    status: z
      .looseObject({ phase: z.string().default(''), phaseReason: z.string().default('') })
      .prefault({}),
  }),
} as const;

/** A live object. */
export type Live<Kind extends keyof typeof LIVE> = z.output<(typeof LIVE)[Kind]>;

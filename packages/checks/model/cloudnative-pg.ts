import { z } from 'zod';
import { labelSelector, strings } from './common-schemas.js';
import type { Manifest } from './manifest.js';
import { podSpec, type PodSpec } from './pod-schemas.js';

/** PostgreSQL's port, and that at which the operator and the other instances ask how an instance is. */
export const POSTGRES_PORT = 5432;
export const STATUS_PORT = 8000;

const number = z.number().optional();
const cluster = z.looseObject({
  metadata: z.looseObject({ annotations: strings.default({}) }),
  spec: z.looseObject({
    imageName: z.string().default('ghcr.io/cloudnative-pg/postgresql:the-operators'),
    instances: z.number().default(1),
    enablePDB: z.boolean().default(true),
    smartShutdownTimeout: number,
    stopDelay: number,
    bootstrap: z
      .looseObject({
        initdb: z
          .looseObject({
            owner: z.string().optional(),
            secret: z.looseObject({ name: z.string() }).optional(),
          })
          .optional(),
        recovery: z.looseObject({}).optional(),
      })
      .optional(),
    postgresql: z
      .looseObject({ parameters: z.record(z.string(), z.union([z.string(), z.number()])).default({}) })
      .prefault({}),
  }),
});
/** A CloudNativePG `Cluster`, as far as the proofs read it: https://cloudnative-pg.io/documentation/1.28/cloudnative-pg.v1/ */
export type CloudNativePgCluster = Manifest & { readonly typed: z.output<typeof cluster> };

const pooler = z.looseObject({
  spec: z.looseObject({
    pgbouncer: z.looseObject({ poolMode: z.string().default('session') }).prefault({}),
  }),
});
/** A PgBouncer in front of a Cluster. */
export type CloudNativePgPooler = Manifest & { readonly typed: z.output<typeof pooler> };

/** Labels that the operator puts on the pods of an instance, and whether they may have such a value. */
export const INSTANCE_LABELS: Readonly<Record<string, RegExp>> = {
  'cnpg.io/instanceRole': /^(?:primary|replica)$/,
  role: /^(?:primary|replica)$/,
  'cnpg.io/instanceName': /./,
};

const read =
  <Schema extends z.ZodType>(kind: string, schema: Schema) =>
  (manifest: Manifest): (Manifest & { readonly typed: z.output<Schema> }) | undefined => {
    if (manifest.kind !== kind || !manifest.apiVersion.startsWith('postgresql.cnpg.io/')) return undefined;
    const parsed = schema.safeParse(manifest.content, { jitless: true });
    return parsed.success ? { ...manifest, typed: parsed.data } : undefined;
  };

/** The manifest as a Cluster of the operator, or nothing. */
export const toCloudNativePgCluster = read('Cluster', cluster);
/** The manifest as a Pooler of the operator, or nothing. */
export const toCloudNativePgPooler = read('Pooler', pooler);

/** What the operator makes of a Cluster: the pods of its instances, which keep Pod Security "restricted". */
export interface Instances {
  readonly podLabels: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
  readonly selector: z.output<typeof labelSelector>;
}

const SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

/** The pods of a Cluster's instances. */
export function instancesOf({ name, typed: { spec } }: CloudNativePgCluster): Instances {
  const podLabels = { 'cnpg.io/cluster': name, 'cnpg.io/podRole': 'instance' };
  const probe = (path: string): unknown => ({ httpGet: { path, port: STATUS_PORT }, timeoutSeconds: 5 });
  const arguments_ = Object.entries(spec.postgresql.parameters).map(([key, value]) => `${key}=${value}`);
  return {
    podLabels,
    selector: labelSelector.parse({ matchLabels: podLabels }),
    pod: podSpec.parse({
      serviceAccountName: name,
      terminationGracePeriodSeconds: spec.stopDelay ?? DEFAULTS.stopDelay,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'postgres',
          image: spec.imageName,
          args: arguments_,
          ports: [
            { name: 'postgresql', containerPort: POSTGRES_PORT },
            { name: 'metrics', containerPort: 9187 },
            { name: 'status', containerPort: STATUS_PORT },
          ],
          startupProbe: probe('/startupz'),
          readinessProbe: probe('/readyz'),
          livenessProbe: probe('/healthz'),
          resources: spec['resources'],
          securityContext: SECURITY,
        },
      ],
    }),
  };
}

/** The operator's own where a Cluster says nothing, in seconds. */
export const DEFAULTS = { smartShutdownTimeout: 180, stopDelay: 1800 } as const;

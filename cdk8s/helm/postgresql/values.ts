import { z } from 'zod';

// The chart's values, said once: their TypeScript type, values.yaml with its comments, values.schema.json and the
// table in the README all come from here. Names are Bitnami's where the concept is theirs: people know them.

const describe = (description: string) => ({ description });

/** `100m`, `512Mi`: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const quantity = (description: string) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?$/)
    .meta(describe(description));

/** A DNS subdomain, or nothing. */
const optionalName = (description: string) =>
  z
    .string()
    .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/)
    .meta(describe(description));

const labels = (description: string) => z.record(z.string(), z.string()).meta(describe(description));

const limits = (cpu: string, memory: string) =>
  z
    .strictObject({
      cpu: quantity('CPU').default(cpu),
      memory: quantity('memory').default(memory),
      'ephemeral-storage': quantity('logs and temporary files').default('128Mi'),
    })
    .prefault({});

// Helm checks with Go's regular expressions, which have no lookahead: what is not allowed is said with `not`, for Helm,
// and with `refine`, for us.

/** A plain PostgreSQL identifier: the same with and without quotes. */
const identifier = (description: string) =>
  z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/)
    .meta(describe(description));

export const postgresqlValues = z.strictObject({
  global: z
    .record(z.string(), z.unknown())
    .optional()
    .meta(describe('Values of a parent chart; nothing here reads them')),
  enabled: z.boolean().optional().meta(describe('For a parent chart’s condition; nothing here reads it')),
  nameOverride: optionalName('Stands for the chart’s name in the objects’ names').default(''),
  fullnameOverride: optionalName('The objects’ name, instead of the one made from release and chart').default(
    '',
  ),
  commonLabels: labels('Labels on every object; never in a selector or a claim').default({}),
  image: z
    .strictObject({
      registry: z
        .string()
        .meta(describe('Registry in front of the repository; empty is the nodes’ default'))
        .default(''),
      repository: z
        .string()
        .min(1)
        .meta(describe('The official image, or one made to its contract'))
        .default('postgres'),
      tag: z
        .string()
        .regex(/^\w[\w.-]{0,127}$/)
        .refine((tag) => tag !== 'latest')
        .meta({
          ...describe(
            'Major version and distribution; both matter to data that exist, so "latest" is refused',
          ),
          not: { const: 'latest' },
        })
        .default('17-trixie'),
      digest: z
        .string()
        .regex(/^(sha256:[0-9a-f]{64})?$/)
        .meta(describe('sha256:…, which is then used besides the tag'))
        .default(''),
      pullPolicy: z
        .enum(['Always', 'IfNotPresent', 'Never'])
        .meta(describe('When nodes pull'))
        .default('IfNotPresent'),
      pullSecrets: z.array(z.string()).meta(describe('Names of Secrets for the registry')).default([]),
    })
    .prefault({}),
  auth: z
    .strictObject({
      username: identifier('')
        .refine((name) => name !== 'postgres')
        .meta({
          ...describe('The application’s role: owns its database, is no superuser'),
          not: { const: 'postgres' },
        })
        .default('app'),
      database: identifier('The application’s database').default('app'),
      password: z
        .string()
        .regex(/^(\S(.*\S)?)?$/)
        .meta(describe('Its password; empty generates one at the first install and keeps it'))
        .default(''),
      existingSecret: optionalName('A Secret that holds the password; then no Secret is made').default(''),
      secretKeys: z
        .strictObject({
          userPasswordKey: z
            .string()
            .regex(/^[-._a-zA-Z0-9]+$/)
            .meta(describe('The password’s key in existingSecret'))
            .default('password'),
        })
        .prefault({}),
    })
    .prefault({}),
  postgresqlConfiguration: z
    .record(z.string().regex(/^[a-z_][a-z0-9_.]*$/), z.union([z.string(), z.number(), z.boolean()]))
    .meta(describe('Parameters of postgresql.conf; a change restarts the pod'))
    .default({ max_connections: 100, shared_buffers: '128MB' }),
  primary: z
    .strictObject({
      terminationGracePeriodSeconds: z
        .int()
        .min(120)
        .meta(describe('Time to write everything down; shorter ends in a recovery'))
        .default(120),
      persistence: z
        .strictObject({
          size: quantity('The claim’s size').default('8Gi'),
          storageClass: z
            .string()
            .meta(describe('Empty is the cluster’s default class; "-" asks for a volume without a class'))
            .default(''),
        })
        .prefault({}),
      resources: z
        .strictObject({ requests: limits('100m', '256Mi'), limits: limits('2', '512Mi') })
        .prefault({}),
      shmVolume: z
        .strictObject({
          sizeLimit: quantity('Shared memory of parallel queries; it counts as memory').default('128Mi'),
        })
        .prefault({}),
      networkPolicy: z
        .strictObject({
          enabled: z.boolean().meta(describe('Whether only clients reach the database')).default(true),
          clients: z
            .array(z.strictObject({ matchLabels: z.record(z.string(), z.string()) }))
            .meta(describe('Pods of the namespace that are clients; empty lets all of them in'))
            .default([]),
        })
        .prefault({}),
      pdb: z
        .strictObject({
          create: z.boolean().meta(describe('A PodDisruptionBudget that never blocks a drain')).default(true),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** What somebody may write. */
export type PostgresqlValuesInput = z.input<typeof postgresqlValues>;
/** What the templates see, defaults filled in. */
export type PostgresqlValues = z.output<typeof postgresqlValues>;

import { z } from 'zod';
import { backupValues } from './backup-values.js';
import { dnsValues } from './dns-values.js';
import { imageShape } from './image-values.js';
import { initdbValues } from './initdb-values.js';
import { metricsValues } from './metrics-values.js';
import { CHART_NAME } from './release-names.js';
import { tlsValues } from './tls-values.js';
import { describe, identifier, labelSelector, limits, optionalName, quantity } from './value-types.js';

// The chart's values, said once: their TypeScript type, values.yaml with its comments, values.schema.json and the
// table in the README all come from here. Names are Bitnami's where the concept is theirs: people know them.

// What is refused here by `refine` is refused for Helm in templates/_validate.tpl: a schema's
// message would only show a pattern.

/** Set by the chart, whose probes, Service and credentials need them as they are. */
const CHART_PARAMETERS: readonly string[] = [
  'config_file',
  'data_directory',
  'hba_file',
  'listen_addresses',
  'port',
  'ssl',
  'ssl_cert_file',
  'ssl_key_file',
  'unix_socket_directories',
];
const PARAMETER = /^[a-z_][a-z0-9_.]*$/;
const wrongParameter = (values: Readonly<Record<string, unknown>>) =>
  Object.keys(values).find((name) => !PARAMETER.test(name) || CHART_PARAMETERS.includes(name));

const parameters = z
  .object({
    max_connections: z
      .int()
      .min(10)
      .default(100)
      .meta(describe('Connections, of which 3 are the superuser’s')),
    shared_buffers: z
      .union([z.string(), z.number()])
      .default('128MB')
      .meta(describe('PostgreSQL’s own cache: a quarter of the memory limit')),
  })
  .catchall(z.union([z.string(), z.number(), z.boolean()]))
  .refine((values) => wrongParameter(values) === undefined, {
    error: ({ input }) =>
      `${String(wrongParameter(z.record(z.string(), z.unknown()).parse(input)))} is no parameter (a-z, 0-9, "_", "."), or is one that the chart sets itself: ${CHART_PARAMETERS.join(', ')}`,
  })
  .prefault({})
  .meta(describe('Parameters of postgresql.conf, as many as you like; a change restarts the pod'));

/** A role that is neither the superuser's, nor the chart's, nor PostgreSQL's own. */
const role = () =>
  identifier('').refine(
    (name) => !['postgres', 'postgresql_exporter'].includes(name) && !name.startsWith('pg_'),
    {
      error: ({ input }) =>
        `is ${JSON.stringify(input)}; "postgres" is the superuser, "postgresql_exporter" the chart's own, and names beginning with "pg_" are PostgreSQL's own`,
    },
  );

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
  commonLabels: z
    .record(z.string(), z.string())
    .meta(describe('Labels on every object and on the pod; never in a selector or a claim'))
    .default({}),
  image: z
    .strictObject({
      ...imageShape({
        registry: '',
        repository: 'postgres',
        tag: '17-trixie',
        about: 'The official image, or one made to its contract',
        tagAbout: 'Major version and distribution; both matter to data that exist. "latest" is refused',
      }),
      pullSecrets: z.array(z.string()).meta(describe('Names of Secrets for the registry')).default([]),
    })
    .prefault({}),
  auth: z
    .strictObject({
      username: role()
        .meta(describe('The application’s role: owns its database, is no superuser'))
        .default('app'),
      database: identifier('')
        .refine((name) => !['postgres', 'template0', 'template1'].includes(name), {
          error: ({ input }) => `is ${JSON.stringify(input)}, which every PostgreSQL has for itself`,
        })
        .meta(describe('The application’s database'))
        .default('app'),
      password: z
        .string()
        // Not in the message: it is a password.
        .regex(/^(\S(.*\S)?)?$/, { error: 'begins or ends with white space, or has a line break' })
        .meta(describe('Its password; empty generates one at the first install and keeps it'))
        .default(''),
      existingSecret: z
        .string()
        .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/)
        .meta(describe('A Secret of yours that holds the password; then none is made'))
        .default(''),
      additionalUsernames: z
        .array(role())
        .meta(
          describe(
            'Further roles of yours that may log in to this database over the network, such as one that only reads; you make them, with their passwords, and grant them what they may',
          ),
        )
        .default([]),
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
  tls: tlsValues,
  postgresqlConfiguration: parameters,
  primary: z
    .strictObject({
      terminationGracePeriodSeconds: z
        .int()
        .min(120)
        .meta(describe('Seconds to write everything down; shorter ends in a recovery'))
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
            .array(z.strictObject({ matchLabels: labelSelector }))
            .meta(
              describe(
                'Who may connect, by pod labels: `- matchLabels: {app: shop}`. Empty is every pod of the namespace, and none of another',
              ),
            )
            .default([]),
          dns: dnsValues,
        })
        .prefault({}),
      initdb: initdbValues,
      pdb: z
        .strictObject({
          create: z.boolean().meta(describe('A PodDisruptionBudget that never blocks a drain')).default(true),
        })
        .prefault({}),
    })
    .prefault({}),
  backup: backupValues,
  metrics: metricsValues,
});

/** The chart's values as somebody writes them: what is left out has the chart's default. */
export type PostgresqlValuesInput = z.input<typeof postgresqlValues>;
/** The chart's values, defaults filled in. */
export type PostgresqlValues = z.output<typeof postgresqlValues>;

/**
 * Fills the defaults in. For values that come from a file: those of the program are checked by the compiler first.
 *
 * @throws Error that names each value that is not allowed, and why
 */
export function parsePostgresqlValues(values: unknown): PostgresqlValues {
  const { data, error } = postgresqlValues.safeParse(values, { jitless: true });
  if (data !== undefined) return data;
  throw new Error(`The values of the chart ${CHART_NAME} are wrong:\n${z.prettifyError(error)}`);
}

let image: string | undefined;

/** What a release runs whose values name no other image, such as `postgres:17-trixie`. */
export function defaultImage(): string {
  if (image === undefined) {
    const { repository, tag } = parsePostgresqlValues({}).image;
    image = `${repository}:${tag}`;
  }
  return image;
}

import { z } from 'zod';
import { imageValues } from './image-values.js';
import { describe, labelSelector, limits } from './value-types.js';

const labels = (description: string) =>
  z.record(z.string(), z.string()).meta(describe(description)).default({});
const duration = (description: string) =>
  z
    .string()
    .regex(/^([0-9]+(ms|s|m|h))?$/, {
      error: ({ input }) => `is ${JSON.stringify(input)}; a time is a number with a unit, such as 30s`,
    })
    .meta(describe(description))
    .default('');

/** What PostgreSQL counts, and what an operator is woken by: the values below `metrics`. */
export const metricsValues = z
  .strictObject({
    enabled: z
      .boolean()
      .meta(
        describe(
          'Whether postgres_exporter runs beside the database, in a pod of its own. Neither this nor a fault of its restarts the database',
        ),
      )
      .default(false),
    image: imageValues({
      registry: 'quay.io',
      repository: 'prometheuscommunity/postgres-exporter',
      tag: 'v0.17.1',
      about: 'postgres_exporter, or one that takes its environment variables',
      tagAbout: 'Its version; "latest" is refused',
    }),
    existingSecret: z
      .string()
      .max(253)
      .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/)
      .meta(describe('A Secret of yours with the exporter’s password under `password`; then none is made'))
      .default(''),
    scrapers: z
      .array(
        z.strictObject({
          namespace: z.string().min(1).meta(describe('Their namespace')),
          matchLabels: labelSelector,
        }),
      )
      .meta(
        describe(
          'Who may read the metrics: `- {namespace: monitoring, matchLabels: {app.kubernetes.io/name: prometheus}}`. Empty is every pod of this namespace, and none of another',
        ),
      )
      .default([]),
    resources: z
      .strictObject({ requests: limits('10m', '32Mi', '16Mi'), limits: limits('200m', '64Mi', '32Mi') })
      .prefault({}),
    serviceMonitor: z
      .strictObject({
        enabled: z
          .boolean()
          .meta(describe('A ServiceMonitor for the Prometheus operator; with metrics.enabled'))
          .default(false),
        labels: labels('Labels by which your Prometheus selects its monitors'),
        interval: duration('How often it is asked; empty is your Prometheus’ default'),
        scrapeTimeout: duration('When an answer is given up; empty is your Prometheus’ default'),
      })
      .prefault({}),
    prometheusRule: z
      .strictObject({
        enabled: z
          .boolean()
          .meta(
            describe(
              'Alerts for the Prometheus operator, from what kube-state-metrics and the kubelets know; with metrics.enabled also from the exporter’s',
            ),
          )
          .default(false),
        labels: labels('Labels by which your Prometheus selects its rules'),
        backupMaxAgeHours: z
          .int()
          .min(1)
          .meta(
            describe(
              'Hours after which the newest verified backup is too old; more than the schedule’s pause',
            ),
          )
          .default(36),
      })
      .prefault({}),
  })
  .prefault({});

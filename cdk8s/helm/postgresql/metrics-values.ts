import { z } from 'zod';
import { describe } from './value-types.js';

/** What an operator is woken by: the values below `metrics`. */
export const metricsValues = z
  .strictObject({
    prometheusRule: z
      .strictObject({
        enabled: z
          .boolean()
          .meta(
            describe(
              'Alerts for the Prometheus operator, from what kube-state-metrics and the kubelets know: no exporter is needed',
            ),
          )
          .default(false),
        labels: z
          .record(z.string(), z.string())
          .meta(describe('Labels by which your Prometheus selects its rules'))
          .default({}),
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

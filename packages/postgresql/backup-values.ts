import { z } from 'zod';
import { describe, limits, quantity } from './value-types.js';

// For Helm in templates/_validate.tpl, because this pattern explains nothing to anybody.
/** A field of a cron schedule, such as `*`, `*\/15`, `1-5` or `mon`. */
const FIELD = '(\\*|[0-9a-zA-Z]+(-[0-9a-zA-Z]+)?)(/[0-9]+)?';
const LIST = `${FIELD}(,${FIELD})*`;
const SCHEDULE = new RegExp(
  `^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|${LIST}( ${LIST}){4})$`,
);

/** Scheduled dumps: the values below `backup`. */
export const backupValues = z
  .strictObject({
    enabled: z.boolean().meta(describe('Whether the database is dumped on a schedule')).default(false),
    cronjob: z
      .strictObject({
        schedule: z
          .string()
          .refine((schedule) => SCHEDULE.test(schedule), {
            error: ({ input }) =>
              `is ${JSON.stringify(input)}; a schedule is minute, hour, day, month and weekday, such as "17 3 * * *"`,
          })
          .meta(describe('When, as cron writes it'))
          .default('17 3 * * *'),
        timeZone: z
          .string()
          .regex(/^([A-Z][\w+-]*(\/[A-Z][\w+-]*)*)?$/, {
            error: ({ input }) =>
              `is ${JSON.stringify(input)}; a time zone is a name such as Europe/Vienna, or empty`,
          })
          .meta(describe('The time zone of the schedule; empty is the control plane’s'))
          .default(''),
        keep: z.int().min(1).max(10_000).meta(describe('How many dumps are kept')).default(7),
        verify: z
          .boolean()
          .meta(
            describe(
              'Whether each dump is restored into a scratch server and compared before it counts. That takes the database’s size on the node’s disk, up to resources.limits.ephemeral-storage',
            ),
          )
          .default(true),
        activeDeadlineSeconds: z
          .int()
          .min(60)
          .meta(describe('Seconds after which a backup or a restore is ended'))
          .default(14_400),
        storage: z
          .strictObject({
            existingClaim: z
              .string()
              .max(253)
              .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/)
              .meta(describe('A claim of yours for the dumps; then none is made'))
              .default(''),
            size: quantity('The size of the claim for the dumps').default('8Gi'),
            storageClass: z
              .string()
              .meta(describe('Empty is the cluster’s default class; "-" asks for a volume without a class'))
              .default(''),
          })
          .prefault({}),
        resources: z
          .strictObject({ requests: limits('100m', '128Mi'), limits: limits('1', '256Mi', '8Gi') })
          .prefault({}),
      })
      .prefault({}),
  })
  .prefault({});

import { z } from 'zod';

// What the chart's values are made of.

/** For values.yaml, the schema and the README's table. */
export const describe = (description: string) => ({ description });

/** `100m`, `512Mi`: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export const quantity = (description: string) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?$/, {
      error: ({ input }) => `is ${JSON.stringify(input)}; a quantity is a number with a unit, such as 512Mi`,
    })
    .meta(describe(description));

/** A name of one of the chart's objects, or nothing; 50 as in templates/_helpers.tpl. */
export const optionalName = (description: string) =>
  z
    .string()
    .max(50)
    .regex(/^([a-z]([-a-z0-9]*[a-z0-9])?)?$/, {
      error: ({ input }) =>
        `is ${JSON.stringify(input)}; a name is of a-z, 0-9 and "-", beginning with a letter`,
    })
    .meta(describe(description));

/** Amounts of a container's resources. */
export const limits = (cpu: string, memory: string, storage = '128Mi') =>
  z
    .strictObject({
      cpu: quantity('CPU').default(cpu),
      memory: quantity('Memory').default(memory),
      'ephemeral-storage': quantity('Logs and temporary files').default(storage),
    })
    .prefault({});

/** A PostgreSQL identifier that is the same with and without quotes. */
export const identifier = (description: string) =>
  z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, {
      error: ({ input }) =>
        `is ${JSON.stringify(input)}; a plain identifier is 1 to 63 of a-z, 0-9 and "_", not beginning with a digit`,
    })
    .meta(describe(description));

/** Labels of pods, one at least: in a network policy an empty selector is every pod. */
export const labelSelector = z
  .record(z.string(), z.string())
  .refine((labels) => Object.keys(labels).length > 0, { error: 'is empty; name a label' })
  .meta({ minProperties: 1 });

import { z } from 'zod';

// What the kinds have in common; see schemas.ts.

/** A map of texts, such as labels. */
export const strings = z.record(z.string(), z.string());
/** Kubernetes' IntOrString: a number, a percentage or a name. */
export const intOrString = z.union([z.number(), z.string()]);
/** A targetPort or a hostPort; Kubernetes takes 0 and an empty text for none. */
export const unlessNone = <Port extends number | string>(port: Port | undefined): Port | undefined =>
  port === 0 || port === '' ? undefined : port;

export const labelSelector = z.looseObject({
  matchLabels: strings.default({}),
  matchExpressions: z
    .array(z.looseObject({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
    .default([]),
});
/** Kubernetes' LabelSelector. */
export type LabelSelector = z.output<typeof labelSelector>;

export const metadata = z.looseObject({
  name: z.string().optional(),
  generateName: z.string().optional(),
  namespace: z.string().optional(),
  labels: strings.default({}),
  annotations: strings.default({}),
  uid: z.string().optional(),
});

import { z } from 'zod';
import { describe } from './value-types.js';

/** Where the chart's own pods may ask for names: the values below `primary.networkPolicy.dns`. */
export const dnsValues = z
  .strictObject({
    namespace: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)
      .meta(describe('The namespace of the cluster’s DNS, where the chart’s own jobs may ask for names'))
      .default('kube-system'),
    podLabels: z
      .record(z.string(), z.string())
      .meta(
        describe('The labels of its pods. Empty is `k8s-app: kube-dns`, as nearly all clusters label them'),
      )
      .default({}),
    nodeLocal: z
      .string()
      .regex(/^([0-9.]+|[0-9a-f:.]+)?$/, {
        error: ({ input }) =>
          `is ${JSON.stringify(input)}; it is an address alone, such as 169.254.20.10, or empty`,
      })
      .meta(
        describe(
          'The address of NodeLocal DNSCache, which no labels match: 169.254.20.10, where there is one',
        ),
      )
      .default(''),
    anywhere: z
      .boolean()
      .meta(describe('Whether they may ask any address, for a cluster whose DNS nobody knows'))
      .default(false),
  })
  .prefault({});

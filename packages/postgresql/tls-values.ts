import { z } from 'zod';
import { describe } from './value-types.js';

/** Encryption of what goes over the network: the values below `tls`. */
export const tlsValues = z
  .strictObject({
    enabled: z
      .boolean()
      .meta(describe('Whether the server speaks TLS, and refuses whoever comes without'))
      .default(false),
    existingSecret: z
      .string()
      .max(253)
      .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/)
      .meta(
        describe(
          'A Secret of yours with `tls.crt`, `tls.key` and `ca.crt`, as cert-manager makes it, for the client Service’s name; empty makes a certificate at the first install and keeps it',
        ),
      )
      .default(''),
    renewAfterDays: z
      .int()
      .min(0)
      .max(3000)
      .meta(
        describe(
          'The age in days at which the next `helm upgrade` renews a certificate that the chart has made; its authority stays',
        ),
      )
      .default(365),
  })
  // For Helm in templates/_validate.tpl.
  .refine(({ enabled, existingSecret }) => enabled || existingSecret === '', {
    path: ['enabled'],
    error:
      'is false, and tls.existingSecret names a Secret that would not be used: set tls.enabled to true, too',
  })
  .prefault({});

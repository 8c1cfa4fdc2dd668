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
          'A Secret of yours with `tls.crt`, `tls.key` and `ca.crt`, as cert-manager makes it; the certificate is for the client Service’s name',
        ),
      )
      .default(''),
  })
  // For Helm in templates/_validate.tpl.
  .refine(({ enabled, existingSecret }) => !enabled || existingSecret !== '', {
    path: ['existingSecret'],
    error: 'is empty, and tls.enabled is true: name a Secret with tls.crt, tls.key and ca.crt',
  })
  .refine(({ enabled, existingSecret }) => enabled || existingSecret === '', {
    path: ['enabled'],
    error:
      'is false, and tls.existingSecret names a Secret that would not be used: set tls.enabled to true, too',
  })
  .prefault({});

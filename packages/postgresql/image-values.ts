import { z } from 'zod';
import { describe } from './value-types.js';

/** What an image is by default. */
export interface ImageDefaults {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  /** What may stand there instead. */
  readonly about: string;
  /** What a tag says. */
  readonly tagAbout: string;
}

/** Where an image comes from, in Bitnami's names, without `pullSecrets`: those are the pod's. */
export const imageShape = ({ registry, repository, tag, about, tagAbout }: ImageDefaults) => ({
  registry: z
    .string()
    .meta(describe('Registry in front of the repository; empty is the nodes’ default'))
    .default(registry),
  repository: z.string().min(1).meta(describe(about)).default(repository),
  tag: z
    .string()
    .regex(/^\w[\w.-]{0,127}$/)
    .refine((given) => given !== 'latest', {
      error: 'is "latest", which one day is another major version',
    })
    .meta(describe(tagAbout))
    .default(tag),
  digest: z
    .string()
    .regex(/^(sha256:[0-9a-f]{64})?$/)
    .meta(describe('sha256:…, which is then used besides the tag'))
    .default(''),
  pullPolicy: z
    .enum(['Always', 'IfNotPresent', 'Never'])
    .meta(describe('When nodes pull'))
    .default('IfNotPresent'),
});

/** An image besides PostgreSQL's. */
export const imageValues = (defaults: ImageDefaults) => z.strictObject(imageShape(defaults)).prefault({});

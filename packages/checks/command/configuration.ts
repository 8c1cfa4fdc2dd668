import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { SEVERITIES } from '../model/finding.js';
import { textOf } from './input.js';

/** Looked for where the command runs. */
export const CONFIGURATION_FILE = '.cafe-check.yaml';

const id = z.string().regex(/^CAFE\d{3}$/, 'an id, such as CAFE031');
const configuration = z.strictObject({
  namespace: z.string().optional(),
  'fail-on': z.enum([...SEVERITIES, 'none']).optional(),
  only: z.array(id).default([]),
  skip: z.array(id).default([]),
  makes: z
    .record(
      z.string(),
      z.array(
        z.strictObject({
          kind: z.enum(['Secret', 'ConfigMap', 'Service', 'ServiceAccount', 'PersistentVolumeClaim']),
          name: z.string(),
          ports: z.array(z.number()).optional(),
        }),
      ),
    )
    .default({}),
  waive: z
    .array(
      z.strictObject({
        id,
        object: z.string(),
        reason: z.string().min(1),
        until: z
          .string()
          .regex(/^\d{4}-\d{2}-\d{2}$/, 'a day, such as "2030-12-31"')
          .optional(),
      }),
    )
    .default([]),
});

/** What a configuration file says. */
export type Configuration = z.output<typeof configuration>;

/**
 * The configuration: the file that was asked for, or the one that is here, or nothing.
 *
 * @throws Error when it is not there, or not as it should be
 */
export function readConfiguration(asked: string | undefined): Configuration {
  const path = asked ?? CONFIGURATION_FILE;
  if (asked === undefined && !existsSync(path)) return configuration.parse({});
  const parsed = configuration.safeParse(parse(textOf(path)) ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = [path, ...(issue?.path ?? [])].map(String).join(', ');
  throw new Error(`${place}: ${issue?.message ?? 'it is no configuration'}.`);
}

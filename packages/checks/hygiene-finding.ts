import type { Finding } from './finding.js';
import { type Manifest, titleOf } from './manifest.js';

/** A finding about an object as kubectl and the API server see it. */
export const hygieneFinding = (
  manifest: Manifest,
  id: Finding['id'],
  field: string,
  found: string,
  expected: string,
  change: string,
  likely?: string,
): Finding => ({ id, severity: 'error', object: titleOf(manifest), field, found, expected, likely, change });

import { type Manifest, titleOf } from '../../model/manifest.js';
import type { Explanation, Problem } from '../proof.js';

/** A problem with an object as kubectl and the API server see it. */
export const objectProblem = (manifest: Manifest, field: string, explanation: Explanation): Problem => ({
  object: titleOf(manifest),
  field,
  ...explanation,
});

import type { Release } from '../../model/release.js';
import type { Problem } from '../proof.js';

/** A problem with a chart's own files. */
export const chartProblem = (
  { chart, name }: Release,
  field: string,
  explanation: Pick<Problem, 'found' | 'expected' | 'change' | 'severity'>,
): Problem => ({ object: `chart ${chart}, release ${name}`, field, ...explanation });

/** The chart's templates by path. */
export const templatesOf = ({ files }: Release): readonly (readonly [path: string, text: string])[] =>
  [...files].filter(([path]) => path.startsWith('templates/'));

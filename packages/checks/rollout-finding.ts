import type { Workload } from './cluster.js';
import type { Finding } from './finding.js';
import { titleOf } from './manifest.js';

/** A finding about a workload as a whole. */
export const rolloutFinding = (
  workload: Workload,
  id: Finding['id'],
  field: string,
  rest: Pick<Finding, 'found' | 'expected' | 'change'> & Partial<Pick<Finding, 'likely'>>,
  severity: Finding['severity'] = 'error',
): Finding => ({ id, severity, object: titleOf(workload), field, ...rest });

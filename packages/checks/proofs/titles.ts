import { CHART_PROOFS } from '../charts/index.js';
import type { FindingId, Severity } from '../model/finding.js';
import { PROOFS } from './index.js';

/** What an id means. */
export interface Rule {
  readonly id: FindingId;
  readonly title: string;
  /** What happens to people. */
  readonly why: string;
  /** How bad a finding is that does not say it by itself. */
  readonly severity: Severity;
}

/** What each id means, in the order of the ids. */
export const rulesById = (): readonly Rule[] =>
  [...PROOFS, ...CHART_PROOFS]
    .map(({ id, title, why, severity = 'broken' }: Omit<Rule, 'severity'> & Partial<Rule>) => ({
      id,
      title,
      why,
      severity,
    }))
    .sort((left, right) => (left.id < right.id ? -1 : 1));

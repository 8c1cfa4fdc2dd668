import type { LabelSelector } from './schemas.js';

/** Whether a label selector picks these labels; the rules of apimachinery's LabelSelectorAsSelector. */
export function matches(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value) &&
    selector.matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      if (operator === 'In') return value !== undefined && values.includes(value);
      return operator === 'NotIn' && (value === undefined || !values.includes(value));
    })
  );
}

/** Whether it picks every pod of its namespace. */
export const picksEveryPod = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
  Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;

/** A selector as one reads it: `app=web, tier In a,b`. */
export function selectorText(selector: LabelSelector): string {
  const terms = [
    ...labelTerms(selector.matchLabels),
    ...selector.matchExpressions.map(({ key, operator, values }) =>
      `${key} ${operator} ${values.join(',')}`.trim(),
    ),
  ];
  return picksEveryPod(selector) ? 'every pod' : terms.join(', ');
}

/** Labels as one reads them: `app=web, tier=api`. */
export const labelsText = (labels: Readonly<Record<string, string>>): string =>
  labelTerms(labels).join(', ') || 'none';

const labelTerms = (labels: Readonly<Record<string, string>>): string[] =>
  Object.entries(labels).map(([key, value]) => `${key}=${value}`);

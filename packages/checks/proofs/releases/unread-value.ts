import { isRecord } from '../../model/manifest.js';
import type { Proof } from '../proof.js';
import { chartProblem, templatesOf } from './chart-problem.js';

/** A template reads each value: who sets one that none reads believes that something changes. */
export const unreadValue = {
  id: 'CAFE014',
  severity: 'advice',
  title: 'A value of a chart that no template reads',
  why: 'Whoever sets it believes that something changes, and nothing does; no tool says so.',
  problems: (_cluster, { releases = [] }) =>
    releases.flatMap((release) => {
      const templates = templatesOf(release);
      if (templates.length === 0) return [];
      const read = new Set(
        templates.flatMap(([, text]) =>
          [...text.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path),
        ),
      );
      return leaves(release.values).flatMap((path) => {
        const steps = path.split('.');
        // Whole, or as a part of what is handed on: toYaml, with, range, include.
        if (steps.some((_, index) => read.has(steps.slice(0, index + 1).join('.')))) return [];
        return [
          chartProblem(release, `values.yaml: ${path}`, {
            found: 'a value that no template reads',
            expected: `.Values.${path} in some template, or no such value: who sets it believes that something changes`,
            change: `read it in a template of ${release.chart}, or take it out of values.yaml`,
          }),
        ];
      });
    }),
} as const satisfies Proof;

function leaves(values: unknown, prefix = ''): string[] {
  if (!isRecord(values)) return [];
  return Object.entries(values).flatMap(([key, value]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return isRecord(value) && Object.keys(value).length > 0 ? leaves(value, path) : [path];
  });
}

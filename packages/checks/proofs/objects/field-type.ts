import { isRecord } from '../../model/manifest.js';
import type { Proof } from '../proof.js';
import { objectProblem } from './object-problem.js';

/** Each field that the proofs read has its type; the API server refuses the object otherwise. */
export const fieldType = {
  id: 'CAFE100',
  title: 'A field of the wrong type',
  why: 'The API server refuses the object. A file of several objects is then applied in part.',
  problems: (cluster) =>
    cluster.invalidFields.map(({ manifest, path, problem }) => {
      const value = valueAt(manifest.content, path);
      const needsQuotes = typeof value === 'number' || typeof value === 'boolean';
      return objectProblem(manifest, path.map(String).join('.'), {
        found: value === undefined ? 'nothing' : JSON.stringify(value),
        expected: problem.replace(/^Invalid input: expected/, 'a value of the type'),
        likely: needsQuotes ? `"${String(value)}", in quotes` : undefined,
        change: `in ${manifest.source}, give the field a value of that type; the API server refuses the object as it is`,
      });
    }),
} as const satisfies Proof;

const valueAt = (content: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return (value as readonly unknown[])[Number(step)];
    return isRecord(value) ? value[String(step)] : undefined;
  }, content);

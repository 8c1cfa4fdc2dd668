import { isRecord } from '../model/manifest.js';

/** A field that is not the same in two objects. */
export interface Difference {
  readonly path: readonly string[];
  readonly was: unknown;
  readonly is: unknown;
}

/** The innermost fields in which two values differ. Entries of a list go by their place. */
export function differences(was: unknown, is: unknown, path: readonly string[] = []): readonly Difference[] {
  const [one, other] = [fieldsOf(was), fieldsOf(is)];
  if (one && other && Array.isArray(was) === Array.isArray(is)) {
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
      differences(one[key], other[key], [...path, key]),
    );
  }
  return was === is || JSON.stringify(was) === JSON.stringify(is) ? [] : [{ path, was, is }];
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  Array.isArray(value) ? Object.fromEntries(value.entries()) : isRecord(value) ? value : undefined;

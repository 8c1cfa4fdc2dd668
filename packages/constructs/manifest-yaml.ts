import { isRecord } from '@cafe-lumiere/checks';
import { stringify } from 'yaml';

/** As cdk8s writes: https://github.com/cdk8s-team/cdk8s-core/blob/2.x/src/yaml.ts. */
const OPTIONS = { keepUndefined: true, lineWidth: 0, version: '1.1' } as const;

/**
 * Objects as one YAML text, to the letter as cdk8s' `Yaml.stringify` writes them.
 *
 * Why not simply that: it makes a node of each scalar, and looks at each whether it must be quoted. A thousand services say
 * the same few hundred words again and again, and writing them took half of a synth: `make bench-synth`.
 */
export function manifestYaml(objects: readonly unknown[]): string {
  return objects.map((object) => written(object) ?? stringify(object, OPTIONS)).join('---\n');
}

/** A word that can be nothing else, and needs no quotes: those of YAML 1.1 for true, false and null are taken out. */
const PLAIN = /^(?!(?:y|n|yes|no|true|false|on|off|null)$)[a-z][\w./-]{0,63}$/i;

const keys = new Map<string, string | undefined>();
const scalars = new Map<unknown, string | undefined>();

/** @returns nothing for what only the library knows how to write, such as a text of several lines */
function written(object: unknown): string | undefined {
  // An object of Kubernetes' has plain words at the top.
  if (!isRecord(object) || !/^(?:\w+,)+$/.test(`${Object.keys(object).join()},`)) return undefined;
  try {
    return `${linesOf(object).join('\n')}\n`;
  } catch (error) {
    if (error === ELSEWHERE) return undefined;
    throw error;
  }
}

const ELSEWHERE = new Error('this is for the library');

function linesOf(value: Readonly<Record<string, unknown>> | readonly unknown[]): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      const lines = isCollection(item) ? linesOf(item) : [scalarOf(item)];
      return lines.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
    });
  }
  return Object.entries(value).flatMap(([key, item]) => {
    const name = keyOf(key);
    if (!isCollection(item)) return [`${name}: ${scalarOf(item)}`];
    return [`${name}:`, ...linesOf(item).map((line) => `  ${line}`)];
  });
}

/** Whether it is a list or a map with something in it. An empty one is written like a scalar. */
const isCollection = (value: unknown): value is Readonly<Record<string, unknown>> | readonly unknown[] =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

function keyOf(key: string): string {
  if (PLAIN.test(key)) return key;
  // Within a map: at the beginning of a line there are words that end a document.
  return remembered(
    keys,
    key,
    () => /^a:\n {2}(.*): 0\n$/.exec(stringify({ a: { [key]: 0 } }, OPTIONS))?.[1],
  );
}

function scalarOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  if (typeof value === 'string' && PLAIN.test(value)) return value;
  return remembered(scalars, value, () => /^a: (.*)\n$/.exec(stringify({ a: value }, OPTIONS))?.[1]);
}

function remembered<Key>(
  known: Map<Key, string | undefined>,
  key: Key,
  write: () => string | undefined,
): string {
  let text = known.get(key);
  if (text === undefined && !known.has(key)) {
    text = write();
    known.set(key, text);
  }
  if (text === undefined) throw ELSEWHERE;
  return text;
}

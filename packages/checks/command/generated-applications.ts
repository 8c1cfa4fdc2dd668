import { basename } from 'node:path';
import { isRecord, recordOf, recordsIn } from '../model/manifest.js';
import type { Repository } from './repository.js';

type Fields = Readonly<Record<string, unknown>>;

/** An Application that an ApplicationSet makes. */
export interface GeneratedApplication {
  readonly name: string;
  readonly spec: Fields;
}

/**
 * The Applications that an ApplicationSet makes of lists and of folders; or, of another generator, that it is not read.
 *
 * @param spec - the ApplicationSet's
 */
export function generated(spec: Fields, repository: Repository): readonly (GeneratedApplication | string)[] {
  const template = recordOf(spec['template']);
  return recordsIn(spec['generators']).flatMap((generator): readonly (GeneratedApplication | string)[] => {
    const parameters = parametersOf(generator, repository);
    if (typeof parameters === 'string') return [parameters];
    return parameters.map((known) => {
      const made = recordOf(filled(template, known));
      const { name } = recordOf(made['metadata']);
      return { name: typeof name === 'string' ? name : '', spec: recordOf(made['spec']) };
    });
  });
}

type Parameters = ReadonlyMap<string, string>;

function parametersOf(generator: Fields, repository: Repository): readonly Parameters[] | string {
  const elements = recordOf(generator['list'])['elements'];
  if (Array.isArray(elements)) return recordsIn(elements).map((element) => new Map(flat(element)));
  const git = recordOf(generator['git']);
  if (!Array.isArray(git['directories'])) {
    return `what its generator ${Object.keys(generator)[0] ?? ''} makes is not in the repository alone.`;
  }
  if (!repository.mayBe(String(git['repoURL'])))
    return `the folders of ${String(git['repoURL'])} are not here.`;
  const patterns = recordsIn(git['directories']);
  const named = (excluded: boolean): ReadonlySet<string> =>
    new Set(
      patterns
        .filter(({ exclude = false }) => exclude === excluded)
        .flatMap(({ path }) => repository.folders(String(path))),
    );
  const excluded = named(true);
  return [...named(false)]
    .filter((path) => !excluded.has(path) && !path.startsWith('.'))
    .map(
      (path) =>
        new Map([
          ['path', path],
          ['path.path', path],
          ['path.basename', basename(path)],
          ['path.basenameNormalized', basename(path).replaceAll(/[^a-z0-9-]/gi, '-')],
          ...path.split('/').map((part, index) => [`path[${index}]`, part] as const),
        ]),
    );
}

/** The values of an element by their path. */
const flat = (fields: Fields, prefix = ''): (readonly [string, string])[] =>
  Object.entries(fields).flatMap(([key, value]) =>
    isRecord(value) ? flat(value, `${prefix}${key}.`) : [[`${prefix}${key}`, String(value)] as const],
  );

/** The template with what stands between `{{` and `}}`; what is not known there stays. */
function filled(value: unknown, parameters: Parameters): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(
      /\{\{-?\s*\.?([\w.[\]-]+?)\s*-?\}\}/g,
      (whole, key: string) => parameters.get(key) ?? whole,
    );
  }
  if (Array.isArray(value)) return value.map((each) => filled(each, parameters));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, parameters)]));
}

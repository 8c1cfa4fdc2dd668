import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { parsePostgresqlValues, postgresqlObjects } from '@cafe-lumiere/postgresql';
import { check, type Report } from './check.js';
import { isRecord, type Manifest, toDocuments, toManifests } from './manifest.js';
import type { CheckOptions, Release } from './options.js';
import { textFiles } from './release.js';

// One small change of our own output, for the tests that must see it refused.

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const DIST = readFileSync(at('dist/deployments.yaml'), 'utf8');
const CHART = at('dist/helm/postgresql');

/** Our output while it is being changed. */
export interface Draft {
  readonly objects: Record<string, unknown>[];
  /** The chart's files by relative path. */
  readonly chart: Map<string, string>;
  release: string;
  options: CheckOptions;
}

/** One change. */
export type Mutation = (draft: Draft) => void;

/** The report on our own output, after these changes. */
export function reportAfter(...mutations: readonly Mutation[]): Report {
  const draft: Draft = {
    objects: parseAllDocuments(DIST).flatMap((document) => {
      const content: unknown = document.toJS();
      return isRecord(content) ? [content] : [];
    }),
    chart: new Map(textFiles(CHART)),
    release: 'cafe-lumiere-postgresql',
    options: {},
  };
  for (const mutate of mutations) mutate(draft);
  const values: unknown = parse(draft.chart.get('values.yaml') ?? '');
  const release: Release = {
    name: draft.release,
    chart: 'postgresql',
    files: draft.chart,
    values,
    manifests: toManifests(
      postgresqlObjects({
        release: draft.release,
        namespace: 'cafe-lumiere',
        values: parsePostgresqlValues(values),
      }),
      `the release ${draft.release} (by the chart's naming rule)`,
    ),
    rendered: false,
  };
  return check(
    draft.objects.flatMap((object) => manifestsOf(object)),
    { releases: [release], ...draft.options },
  );
}

/** The objects of some YAML, for whole manifests in a test. */
export const manifestsIn = (yaml: string): Manifest[] =>
  parseAllDocuments(yaml).flatMap((document) => {
    if (document.errors[0]) throw document.errors[0];
    return manifestsOf(document.toJS());
  });

const manifestsOf = (object: unknown): Manifest[] =>
  (object === null ? [] : toDocuments(object, 'dist/deployments.yaml')).map((document) => {
    if ('manifest' in document) return document.manifest;
    throw new Error(`the test's own YAML is wrong: ${document.unreadable.problem}`);
  });

/**
 * Sets the value at a path of an object, such as `spec.template.spec.containers.0.image` of `Deployment/frontend`;
 * entries of a list go by index, `+` appends one, and keys with dots are written between brackets: `labels.[a.b/c]`.
 * `undefined` deletes.
 */
export const set =
  (object: string, path: string, value: unknown): Mutation =>
  (draft) => {
    assign(find(draft, object), path, value);
  };

/** Deletes what is at a path. */
export const unset = (object: string, path: string): Mutation => set(object, path, undefined);

/** Deletes a whole object. */
export const drop =
  (object: string): Mutation =>
  (draft) => {
    draft.objects.splice(draft.objects.indexOf(find(draft, object)), 1);
  };

/** Adds the objects of some YAML. */
export const add =
  (yaml: string): Mutation =>
  (draft) => {
    draft.objects.push(...manifestsIn(yaml).map(({ content }) => structuredClone(content)));
  };

/** Adds a copy of an object, changed. */
export const copy =
  (object: string, ...changes: readonly (readonly [path: string, value: unknown])[]): Mutation =>
  (draft) => {
    const clone = structuredClone(find(draft, object));
    for (const [path, value] of changes) assign(clone, path, value);
    draft.objects.push(clone);
  };

/** Replaces a text in one of the chart's files. */
export const inChart =
  (file: string, from: string | RegExp, to: string): Mutation =>
  ({ chart }) => {
    const before = chart.get(file) ?? '';
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${file} of the chart does not contain ${String(from)}`);
    chart.set(file, after);
  };

/** Installs the chart under another name. */
export const installedAs =
  (release: string): Mutation =>
  (draft) => {
    draft.release = release;
  };

/** Tells the checks something else, such as the committed version. */
export const knowing =
  (options: CheckOptions): Mutation =>
  (draft) => {
    draft.options = options;
  };

function find({ objects }: Draft, wanted: string): Record<string, unknown> {
  const found = objects.find(
    ({ kind, metadata }) => isRecord(metadata) && `${String(kind)}/${String(metadata['name'])}` === wanted,
  );
  if (!found) throw new Error(`dist has no ${wanted}`);
  return found;
}

function assign(object: Record<string, unknown>, path: string, value: unknown): void {
  const steps = [...path.matchAll(/\[([^\]]+)\]|([^.[\]]+)/g)].map(
    ([, quoted, plain = '']) => quoted ?? plain,
  );
  const last = steps.pop() ?? '';
  let target: unknown = object;
  for (const step of steps) {
    if (Array.isArray(target)) target = target[Number(step)];
    else if (isRecord(target)) target = target[step] ??= {};
  }
  if (Array.isArray(target)) {
    if (last === '+') target.push(value);
    else if (value === undefined) target.splice(Number(last), 1);
    else target[Number(last)] = value;
  } else if (isRecord(target)) {
    if (value === undefined && !(last in target)) throw new Error(`there is nothing at ${path}`);
    if (value === undefined) Reflect.deleteProperty(target, last);
    else target[last] = value;
  } else throw new Error(`there is nothing to change at ${path}`);
}

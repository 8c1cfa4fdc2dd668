import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { check, type Report } from '../check.js';
import { textFiles } from '../command/releases.js';
import { isRecord, type Manifest, toDocuments } from '../model/manifest.js';
import type { CheckOptions } from '../proofs/proof.js';
import type { Rendering } from './chart-template.js';

// One small change of a system without faults, for the tests that must see it refused.

/** A system that is checked: a file of objects, and a chart that they rely on. */
export interface System {
  readonly manifests: string;
  /** The chart's folder. */
  readonly chart: string;
  readonly release: string;
  readonly namespace: string;
  /** What the chart puts into the cluster. */
  readonly render: (rendering: Rendering) => readonly Manifest[];
}

/** A system while it is being changed. */
export interface Draft {
  readonly objects: Record<string, unknown>[];
  /** The chart's files by relative path. */
  readonly chart: Map<string, string>;
  release: string;
  namespace: string;
  options: CheckOptions;
}

/** One change. */
export type Mutation = (draft: Draft) => void;

/** The report on a system, after these changes. */
export const reportAfter = (system: System, ...mutations: readonly Mutation[]): Report =>
  reportOn(system, draftAfter(system, ...mutations));

/** A system after these changes. */
export function draftAfter(system: System, ...mutations: readonly Mutation[]): Draft {
  const draft: Draft = {
    objects: objectsOf(system),
    chart: new Map(chartOf(system)),
    release: system.release,
    namespace: system.namespace,
    options: {},
  };
  for (const mutate of mutations) mutate(draft);
  return draft;
}

/** A system's own objects, which a test may change. It is read once, and looked at after hundreds of changes. */
function objectsOf({ manifests }: System): Record<string, unknown>[] {
  const text = written.get(manifests) ?? JSON.stringify(objectsIn(readFileSync(manifests, 'utf8')));
  written.set(manifests, text);
  return JSON.parse(text) as Record<string, unknown>[];
}
const written = new Map<string, string>();

const objectsIn = (yaml: string): Record<string, unknown>[] =>
  parseAllDocuments(yaml).flatMap((document) => {
    const content: unknown = document.toJS();
    return isRecord(content) ? [content] : [];
  });

function chartOf({ chart }: System): readonly (readonly [path: string, text: string])[] {
  const files = charts.get(chart) ?? textFiles(chart);
  charts.set(chart, files);
  return files;
}
const charts = new Map<string, readonly (readonly [path: string, text: string])[]>();

/** What the checks say of it. */
function reportOn(system: System, draft: Draft): Report {
  const { chart: files, release: name, namespace } = draft;
  const about: unknown = parse(files.get('Chart.yaml') ?? '');
  const release = {
    name,
    chart: isRecord(about) ? String(about['name']) : '',
    files,
    values: parse(files.get('values.yaml') ?? '') as unknown,
    manifests: system.render({ files, release: name, namespace }),
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
  (object === null ? [] : toDocuments(object, join('dist', 'deployments.yaml'))).map((document) => {
    if ('manifest' in document) return document.manifest;
    throw new Error(`the test's own YAML is wrong: ${document.unreadable.problem}`);
  });

/**
 * Sets the value at a path of an object, such as `spec.template.spec.containers.web.image` of `Deployment/web`; entries of a
 * list go by name or index, `+` appends one, and keys with dots are written between brackets: `labels.[a.b/c]`. `undefined`
 * deletes.
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

/** Installs the chart under another name, or in another namespace. */
export const installedAs =
  (release: string, namespace?: string): Mutation =>
  (draft) => {
    draft.release = release;
    draft.namespace = namespace ?? draft.namespace;
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
  if (!found) throw new Error(`the system has no ${wanted}`);
  return found;
}

function assign(object: Record<string, unknown>, path: string, value: unknown): void {
  const steps = [...path.matchAll(/\[([^\]]+)\]|([^.[\]]+)/g)].map(
    ([, quoted, plain = '']) => quoted ?? plain,
  );
  const last = steps.pop() ?? '';
  let target: unknown = object;
  for (const step of steps) {
    if (Array.isArray(target)) target = target[indexIn(target, step)];
    else if (isRecord(target)) target = target[step] ??= {};
  }
  if (Array.isArray(target)) {
    if (last === '+') target.push(value);
    else if (value === undefined) target.splice(indexIn(target, last), 1);
    else target[indexIn(target, last)] = value;
  } else if (isRecord(target)) {
    if (value === undefined && !(last in target)) throw new Error(`there is nothing at ${path}`);
    if (value === undefined) Reflect.deleteProperty(target, last);
    else target[last] = value;
  } else throw new Error(`there is nothing to change at ${path}`);
}

function indexIn(list: readonly unknown[], step: string): number {
  const index = /^\d+$/.test(step)
    ? Number(step)
    : list.findIndex((entry) => isRecord(entry) && entry['name'] === step);
  if (index in list) return index;
  throw new Error(`the list has no entry ${step}`);
}

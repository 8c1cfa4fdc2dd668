import { type Document as YamlDocument, LineCounter, parseAllDocuments } from 'yaml';
import { type Place, placeOf } from './yaml-place.js';

/** One object as it stands in a file, before anybody asks what its fields mean. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty when the object has none. */
  readonly name: string;
  /** Empty when the object names none: then kubectl uses the namespace of its context. */
  readonly namespace: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether it names no namespace, and the one above is only likely. */
  readonly assumed?: boolean;
  /** Where it was read: a file, a Helm release, or the program. */
  readonly source: string;
  /** Where a field of it stands in the source, when that is known. */
  readonly placeOf?: (field: string, lineOfText?: number) => Place;
  /** The file of a chart or a kustomization that it was made of, where a comment above it says so. */
  readonly template?: string;
  /** The whole object, without its nulls. */
  readonly content: Readonly<Record<string, unknown>>;
}

/** A document that is no Kubernetes object. */
export interface Unreadable {
  readonly source: string;
  readonly problem: string;
}

/** A document of a text: an object, or what is none. */
export type Document = { readonly manifest: Manifest } | { readonly unreadable: Unreadable };

/** Each document of a YAML or JSON text. A `List`, as `kubectl get -o json` writes it, is its items. */
export function documentsOf(text: string, source: string): Document[] {
  const json = asJson(text);
  if (json !== undefined) return toDocuments(json, source);
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { merge: true, lineCounter });
  return documents.flatMap((document): Document[] => {
    const [error] = document.errors;
    if (error) {
      const [line = ''] = error.message.split('\n');
      const problem = text.includes('{{')
        ? `a template of Helm's, which is no YAML before it is rendered: ${line}`
        : line;
      return [{ unreadable: { source, problem } }];
    }
    const content: unknown = document.toJS();
    if (content === null || content === undefined) return [];
    const template = templateOf(document);
    const where = (field: string, lineOfText?: number): Place =>
      placeOf(document.contents, field, lineCounter, lineOfText);
    return toDocuments(content, source).map((read) =>
      'manifest' in read
        ? {
            manifest: {
              ...read.manifest,
              placeOf: where,
              ...(template === undefined ? {} : { template }),
            },
          }
        : read,
    );
  });
}

/** Helm writes `# Source: shop/templates/web.yaml` above each object that it renders. */
function templateOf({ commentBefore, contents }: YamlDocument.Parsed): string | undefined {
  return /^ ?Source: (\S+)/m.exec(`${commentBefore ?? ''}\n${contents?.commentBefore ?? ''}`)?.[1];
}

/** One object, or the items of a List. */
export function toDocuments(content: unknown, source: string): Document[] {
  if (!isRecord(content)) {
    return [{ unreadable: { source, problem: `it is ${describe(content)} and not an object` } }];
  }
  const { apiVersion, kind, items } = content;
  if (kind === undefined && isRecord(content['services']) && apiVersion === undefined) {
    return [{ unreadable: { source, problem: 'a file of docker compose, which Kubernetes does not read' } }];
  }
  if (typeof kind !== 'string' || kind === '' || typeof apiVersion !== 'string') {
    const missing = typeof kind === 'string' && kind !== '' ? 'apiVersion' : 'kind';
    return [{ unreadable: { source, problem: `a document has no ${missing}` } }];
  }
  if (kind.endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item: unknown) => toDocuments(item, source));
  }
  const clean = withoutNulls(content);
  const metadata = recordOf(clean['metadata']);
  return [
    {
      manifest: {
        apiVersion,
        kind,
        name: text(metadata['name']),
        namespace: text(metadata['namespace']),
        annotations: strings(metadata['annotations']),
        source,
        content: clean,
      },
    },
  ];
}

/** Objects that a program made, such as a release's without Helm. What is none is left out. */
export const toManifests = (objects: readonly unknown[], source: string): Manifest[] =>
  objects.flatMap((object) =>
    toDocuments(object, source).flatMap((document) => ('manifest' in document ? [document.manifest] : [])),
  );

/** How messages name an object. */
export function titleOf({ kind, namespace, name }: Pick<Manifest, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** Whether a value of unknown shape is an object with fields. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with fields; an empty one for what is none. */
export const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

/** The objects of a list; none of what is no list. */
export const recordsIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

/** Kubernetes takes a null for a field that is not there. */
function withoutNulls(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const key of Object.keys(record)) {
    const value = cleaned(record[key]);
    if (value !== null && value !== undefined) clean[key] = value;
  }
  return clean;
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  return isRecord(value) ? withoutNulls(value) : value;
}

/** JSON is YAML, too, but read as JSON it takes a twentieth of the time. */
function asJson(text: string): unknown {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // YAML's flow style begins with a brace as well.
    return undefined;
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const strings = (value: unknown): Record<string, string> =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, entry]) => (typeof entry === 'string' ? [[key, entry]] : [])),
      )
    : {};

const describe = (value: unknown): string => (Array.isArray(value) ? 'a list' : `a ${typeof value}`);

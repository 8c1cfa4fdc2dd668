import { isRecord } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import {
  apiOf,
  CLUSTER_WIDE,
  DNS_ENDPOINTS,
  DNS_NAMESPACE,
  NAMESPACED,
  pathOf,
  type ReadKind,
  rightOf,
} from './kinds.js';
import { type Access, currentContext, openAccess } from './kubectl.js';
import { readLogs } from './read-logs.js';
import type { Reading, Unseen } from './reading.js';
import { redactedObject, redactedText } from './redaction.js';

/** All of it together takes at most so long; what has not come by then was not read, and is named. */
const READ_MILLISECONDS = 4500;

/** What is asked. */
export interface Question {
  /** @default - the current context */
  readonly context: string | undefined;
  /** Empty for the one of the context. */
  readonly namespaces: readonly string[];
}

/**
 * Reads the cluster with the user's own rights. Nothing is written anywhere.
 *
 * @throws Error when there is no cluster, or no such namespace
 */
export async function readCluster({ context, namespaces: asked }: Question): Promise<Reading> {
  const takenAt = new Date();
  const [access, names] = await Promise.all([
    openAccess(context, takenAt.getTime() + READ_MILLISECONDS),
    currentContext(context),
  ]);
  try {
    const version = await access.get('/version');
    if ('reason' in version && version.reason === 'failed') {
      throw new Error(`the cluster does not answer: ${redactedText(lastLine(version.said))}`);
    }
    const namespaces = asked.length === 0 ? [names.namespace] : [...new Set(asked)];
    const lists = await Promise.all([
      ...CLUSTER_WIDE.map((kind) => readList(kind, undefined, access)),
      ...namespaces.flatMap((namespace) => NAMESPACED.map((kind) => readList(kind, namespace, access))),
      ...(namespaces.includes(DNS_NAMESPACE) ? [] : [readList(DNS_ENDPOINTS, DNS_NAMESPACE, access)]),
    ]);
    const reading: Reading = {
      format: 1,
      takenAt: takenAt.toISOString(),
      context: names.context,
      namespaces,
      objects: lists.flatMap(({ objects }) => objects),
      unseen: lists.flatMap(({ unseen }) => (unseen ? [unseen] : [])),
      logs: [],
    };
    mustExist(reading);
    const { logs, unseen } = await readLogs(reading, access);
    return { ...reading, logs, unseen: [...reading.unseen, ...unseen] };
  } finally {
    access.close();
  }
}

async function readList(
  kind: ReadKind,
  namespace: string | undefined,
  access: Access,
): Promise<{ readonly objects: readonly Record<string, unknown>[]; readonly unseen?: Unseen }> {
  const answer = await access.get(pathOf(kind, namespace));
  if ('reason' in answer) {
    // An API that this cluster does not have holds nothing.
    if (answer.reason === 'absent') return { objects: [] };
    // Who may not read what nobody has is told that he may not.
    const api = apiOf(kind);
    const there = answer.reason === 'forbidden' && api !== undefined ? await access.get(api) : answer;
    if ('reason' in there && there.reason === 'absent') return { objects: [] };
    const missing =
      answer.reason === 'forbidden'
        ? rightOf(kind, namespace)
        : `${rightOf(kind, namespace)}: ${redactedText(lastLine(answer.said))}`;
    return { objects: [], unseen: { kind: kind.kind, namespace: namespace ?? '', missing } };
  }
  const list: unknown = JSON.parse(answer.output);
  const items: readonly unknown[] = isRecord(list) && Array.isArray(list['items']) ? list['items'] : [];
  return {
    objects: items.flatMap((item) =>
      isRecord(item) ? [redactedObject({ apiVersion: kind.apiVersion, kind: kind.kind, ...item })] : [],
    ),
  };
}

function mustExist({ objects, namespaces, unseen }: Reading): void {
  const blind = unseen.find(({ kind }) => kind === 'Pod');
  if (blind)
    throw new Error(
      `the pods may not be read, and without them nothing is known; the right that is missing: ${blind.missing}`,
    );
  if (unseen.some(({ kind }) => kind === 'Namespace')) return;
  const present = objects.flatMap(({ kind, metadata }) =>
    kind === 'Namespace' && isRecord(metadata) ? [String(metadata['name'])] : [],
  );
  const missing = namespaces.find((name) => !present.includes(name));
  if (missing === undefined) return;
  const likely = nearest(missing, present);
  throw new Error(
    `there is no namespace "${missing}"${likely === undefined ? '.' : `; did you mean "${likely}"?`} There are ${present.join(', ')}.`,
  );
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

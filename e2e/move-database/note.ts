import { z } from 'zod';
import { kubectl } from '../cluster.js';
import { apply } from './manifests.js';

const NAME = 'database-move';

const note = z.object({
  to: z.enum(['chart', 'cluster']),
  /** Of a move from a volume: its claim, and its database where that was said. */
  from: z.string().default(''),
  /** The Service's address, which it keeps; empty where there was none. */
  clusterIP: z.string(),
  /** Whether the copy was compared and the old side closed: from then on there is no way but on. */
  decided: z.enum(['no', 'yes']),
});
/** What the command has to know when it is started again: a ConfigMap, there for as long as a move is under way. */
export type Note = z.output<typeof note>;

/** The move that is under way, or nothing. */
export async function readNote(): Promise<Note | undefined> {
  const json = await kubectl(`get configmap ${NAME} --ignore-not-found -o json`);
  return json.trim() === '' ? undefined : z.object({ data: note }).parse(JSON.parse(json)).data;
}

export async function writeNote(data: Note): Promise<void> {
  await apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME }, data }]);
}

export async function forgetNote(): Promise<void> {
  await kubectl(`delete configmap ${NAME} --ignore-not-found`);
}

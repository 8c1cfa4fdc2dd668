import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { attempt, run } from '../command.js';
import { BRANCH } from './repository.js';

const pointer = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.looseObject({}),
});
/** An object that tells a controller what to apply. */
export type Pointer = z.output<typeof pointer>;

/** The objects of a file in gitops/, as a user edits them: with the address of their repository or registry, and here the branch. */
export function pointersIn(
  file: 'flux.yaml' | 'flux-oci.yaml' | 'argocd.yaml',
  url: string,
): readonly Pointer[] {
  const path = fileURLToPath(new URL(`../../gitops/${file}`, import.meta.url));
  return parseAllDocuments(
    readFileSync(path, 'utf8')
      .replaceAll('https://git.example.com/cafe-lumiere.git', url)
      .replaceAll('oci://registry.example.com/team', url)
      .replaceAll('branch: main', `branch: ${BRANCH}`)
      .replaceAll('targetRevision: main', `targetRevision: ${BRANCH}`),
  ).map((document) => pointer.parse(document.toJS()));
}

/** Those whose kind the cluster knows. */
export async function knownPointers(pointers: readonly Pointer[]): Promise<readonly Pointer[]> {
  const kinds = (await run('kubectl api-resources --no-headers'))
    .split('\n')
    .map((line) => line.trim().split(/\s+/).at(-1));
  return pointers.filter(({ kind }) => kinds.includes(kind));
}

/** Applies them, in this order. */
export async function applyPointers(pointers: readonly Pointer[]): Promise<void> {
  for (const each of pointers) await run('kubectl apply -f -', { stdin: JSON.stringify(each) });
}

/** Deletes them one after the other, and waits for what their finalizers do. */
export async function deletePointers(pointers: readonly Pointer[]): Promise<void> {
  for (const each of pointers) await run(`kubectl delete ${titleOf(each)} --ignore-not-found --timeout=180s`);
}

/** Which of them are there already. */
export async function presentPointers(pointers: readonly Pointer[]): Promise<readonly string[]> {
  const present: string[] = [];
  for (const each of pointers) {
    if ((await attempt(`kubectl get ${titleOf(each)} -o name`)).code === 0) present.push(titleOf(each));
  }
  return present;
}

/** What the controllers say of them. One without a status was not looked at: is its controller running? */
export async function statuses(pointers: readonly Pointer[]): Promise<string> {
  const parts: string[] = [];
  for (const each of pointers) {
    const command = `kubectl get ${titleOf(each)} -o jsonpath='{.status}'`;
    const { stdout, stderr } = await attempt(command, { timeoutSeconds: 30 });
    parts.push(`$ ${command}\n${(stdout + stderr).trim() || '(no status)'}`);
  }
  return parts.join('\n\n');
}

/** As kubectl takes it. Flux's chart sources and others share short names, so the group is said. */
export const titleOf = ({ kind, metadata, ...rest }: Pointer): string => {
  const [group = ''] = String(rest['apiVersion']).split('/');
  return `${kind.toLowerCase()}.${group}/${metadata.name} -n ${metadata.namespace}`;
};

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['packages', 'services', 'cdk8s', 'images', 'local', 'e2e', 'bench'];

const graph = z.object({
  modules: z.array(
    z.object({
      source: z.string(),
      dependencies: z.array(z.object({ resolved: z.string() })),
    }),
  ),
});

/** The part of the repository that a file belongs to: a package, a service, or a folder at the top. */
const partOf = (path: string): string | undefined =>
  /^((?:packages|services)\/[^/]+|cdk8s|images|local|e2e|bench)\//.exec(path)?.[1];

const isOfTests = (path: string): boolean =>
  /\.test\.ts$|-fixture\.ts$|^packages\/runtime\/testing\//.test(path);

/** Which part imports which, tests left out, from the graph that `make lint` looks at. */
async function imports(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const words = ['depcruise', '--output-type', 'json', ...FOLDERS];
  const { stdout } = await promisify(execFile)('npx', words, {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  });
  const found = new Map<string, Set<string>>();
  for (const { source, dependencies } of graph.parse(JSON.parse(stdout)).modules) {
    const part = partOf(source);
    if (part === undefined || isOfTests(source)) continue;
    const parts = found.get(part) ?? new Set();
    found.set(part, parts);
    for (const { resolved } of dependencies) {
      const other = partOf(resolved);
      if (other !== undefined && other !== part && !isOfTests(resolved)) parts.add(other);
    }
  }
  return found;
}

/** Mermaid's picture of the repository: an arrow from each part to those that it imports. */
export async function importsPicture(): Promise<string> {
  const found = await imports();
  const parts = [...found.keys()].sort();
  const box = (part: string): string => `${part.replace('/', '-')}["${part.replace(/^\w+\//, '')}"]`;
  const group = (title: string, members: readonly string[]): string[] => [
    `  subgraph ${title}`,
    ...members.map((part) => `    ${box(part)}`),
    '  end',
  ];
  const within = (folder: string): string[] => parts.filter((part) => part.startsWith(`${folder}/`));
  return [
    'flowchart BT',
    ...group('packages', within('packages')),
    ...group('services', within('services')),
    ...parts.filter((part) => !part.includes('/')).map((part) => `  ${box(part)}`),
    ...parts.flatMap((part) =>
      [...(found.get(part) ?? [])]
        .sort()
        .map((other) => `  ${part.replace('/', '-')} --> ${other.replace('/', '-')}`),
    ),
  ].join('\n');
}

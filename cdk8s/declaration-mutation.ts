import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The repository. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** One mistake of one line: in which file, what stands there, and what stands there instead. */
export interface Mutation {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The file's text with the mistake in it. @throws Error when the line is not there, or more than once */
export function mutated({ file, from, to }: Mutation): string {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const places = text.split(from).length - 1;
  if (places !== 1) throw new Error(`${file} has ${places} times ${JSON.stringify(from)}; name one place`);
  return text.replace(from, () => to);
}

/**
 * What the compiler says about the café's program with one mistake in it.
 *
 * All mistakes are in one program: each file that sees a mistake, because it has it or imports one that does, is there once
 * more, as `cafe.mistake7.ts`. A copy imports the other copies of its mistake, and else what everybody imports, which is
 * read and checked once.
 */
export class Compiler {
  private readonly roots: readonly string[];
  /** By mistake, the files that see it. */
  private readonly seenBy: readonly ReadonlySet<string>[];
  private readonly program: ts.Program;

  /**
   * @param files - where a mistake may show
   * @param mutations - every one that {@link complaint} will be asked about
   */
  constructor(
    files: readonly string[],
    private readonly mutations: readonly Mutation[],
  ) {
    this.roots = files.map((file) => join(ROOT, file));
    const configuration = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
    const { options } = ts.parseJsonConfigFileContent(configuration.config, ts.sys, ROOT);
    const host = ts.createCompilerHost(options);
    const resolutions = ts.createModuleResolutionCache(ROOT, (path) => path, options);
    const importers = new Map<string, Set<string>>();

    host.resolveModuleNameLiterals = (literals, importer, redirected, settings, source) => {
      const { file, mistake } = originOf(importer);
      return literals.map((literal) => {
        const mode = ts.getModeForUsageLocation(source, literal, settings);
        const found = ts.resolveModuleName(
          literal.text,
          file,
          settings,
          ts.sys,
          resolutions,
          redirected,
          mode,
        );
        const imported = found.resolvedModule;
        if (imported === undefined) return found;
        const { resolvedFileName: path } = imported;
        importers.set(path, (importers.get(path) ?? new Set()).add(file));
        return mistake !== undefined && this.seenBy[mistake]?.has(path)
          ? { resolvedModule: { ...imported, resolvedFileName: copyOf(path, mistake) } }
          : found;
      });
    };
    const unchanged = ts.createProgram(this.roots, options, host);

    const importersOf = (path: string, found = new Set<string>()): ReadonlySet<string> => {
      if (!found.has(path)) {
        found.add(path);
        for (const importer of importers.get(path) ?? []) importersOf(importer, found);
      }
      return found;
    };
    this.seenBy = mutations.map(({ file }) => importersOf(join(ROOT, file)));
    host.getSourceFile = (path, languageVersion) => {
      const { file, mistake } = originOf(path);
      if (mistake === undefined) return unchanged.getSourceFile(path);
      const mutation = mutations[mistake];
      const text =
        mutation && file === join(ROOT, mutation.file) ? mutated(mutation) : (ts.sys.readFile(file) ?? '');
      return ts.createSourceFile(path, text, languageVersion);
    };
    const copies = this.seenBy.flatMap((seen, mistake) => [...seen].map((file) => copyOf(file, mistake)));
    this.program = ts.createProgram([...this.roots, ...copies], options, host, unchanged);
  }

  /**
   * What it says, or nothing.
   *
   * @param enough - when it has said this, the other files are not looked at
   */
  complaint(mutation?: Mutation, enough?: RegExp): string | undefined {
    const messages: string[] = [];
    for (const file of this.filesToCheck(mutation)) {
      for (const { messageText } of this.program.getSemanticDiagnostics(this.program.getSourceFile(file))) {
        messages.push(ts.flattenDiagnosticMessageText(messageText, ' '));
      }
      if (enough?.test(messages.join('\n'))) break;
    }
    return messages.length === 0 ? undefined : messages.join('\n');
  }

  /** Those that see the mistake, the one that has it first; the others are as they are without it. */
  private filesToCheck(mutation: Mutation | undefined): readonly string[] {
    if (mutation === undefined) return this.roots;
    const mistake = this.mutations.indexOf(mutation);
    const changed = join(ROOT, mutation.file);
    return this.roots
      .filter((root) => this.seenBy[mistake]?.has(root))
      .sort((left) => (left === changed ? -1 : 0))
      .map((root) => copyOf(root, mistake));
  }
}

const copyOf = (path: string, mistake: number): string => path.replace(/\.ts$/, `.mistake${mistake}.ts`);

/** Which file a path is a copy of, and for which mistake. */
function originOf(path: string): { readonly file: string; readonly mistake?: number } {
  const [, name, mistake] = /^(.*)\.mistake(\d+)\.ts$/.exec(path) ?? [];
  return name === undefined ? { file: path } : { file: `${name}.ts`, mistake: Number(mistake) };
}

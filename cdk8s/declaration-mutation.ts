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

/** What the compiler says about the café's program with one mistake in it. Only what has changed is read again. */
export class Compiler {
  private current: { readonly path: string; readonly text: string } | undefined;
  private version = 0;
  private readonly roots: readonly string[];
  private readonly service: ts.LanguageService;

  constructor(files: readonly string[]) {
    this.roots = files.map((file) => join(ROOT, file));
    const configuration = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
    const { options } = ts.parseJsonConfigFileContent(configuration.config, ts.sys, ROOT);
    const read = (path: string): string | undefined =>
      path === this.current?.path ? this.current.text : ts.sys.readFile(path);
    this.service = ts.createLanguageService({
      getCompilationSettings: () => options,
      getCurrentDirectory: () => ROOT,
      getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
      getScriptFileNames: () => [...this.roots],
      getScriptVersion: (path) => (path === this.current?.path ? String(this.version) : '0'),
      getScriptSnapshot: (path) => {
        const text = read(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      fileExists: (path) => ts.sys.fileExists(path),
      readFile: read,
      directoryExists: (path) => ts.sys.directoryExists(path),
      getDirectories: (path) => ts.sys.getDirectories(path),
    });
  }

  /**
   * What it says, or nothing.
   *
   * @param enough - when it has said this, the other files are not looked at; each takes a second or so
   */
  complaint(mutation?: Mutation, enough?: RegExp): string | undefined {
    this.version += 1;
    this.current = mutation && { path: join(ROOT, mutation.file), text: mutated(mutation) };
    const messages: string[] = [];
    for (const root of [...this.roots].sort((left) => (left === this.current?.path ? -1 : 0))) {
      for (const { messageText } of this.service.getSemanticDiagnostics(root)) {
        messages.push(ts.flattenDiagnosticMessageText(messageText, ' '));
      }
      if (enough?.test(messages.join('\n'))) break;
    }
    return messages.length === 0 ? undefined : messages.join('\n');
  }
}

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, stringify } from 'yaml';
import { check } from '../check.js';
import { manifestsIn } from './mutation.js';

// Writes the tables of docs/checks/compared.md: what kube-score says of the systems that our own tests break, beside what we
// say. It needs kube-score (`go install github.com/zegl/kube-score/cmd/kube-score@latest`), or KUBE_SCORE, its path:
//
//   node --import tsx packages/checks/testing/compare.ts

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGE = join(ROOT, 'docs/checks/compared.md');
const KUBE_SCORE = process.env['KUBE_SCORE'] ?? 'kube-score';

const folder = mkdtempSync(join(tmpdir(), 'cafe-compare-'));
try {
  execFileSync('npm', ['test', '--', 'packages/checks/proofs', '-t', 'docs/checks'], {
    cwd: ROOT,
    env: { ...process.env, BROKEN_FOLDER: folder },
    stdio: 'ignore',
  });
  const whole = join(folder, 'whole.yaml');
  const release = JSON.parse(
    readFileSync(join(ROOT, 'packages/checks/fixtures/bookshop/helm/postgresql/release.json'), 'utf8'),
  ) as { readonly objects: readonly unknown[] };
  const objects = parseAllDocuments(
    readFileSync(join(ROOT, 'packages/checks/fixtures/bookshop/bookshop.yaml'), 'utf8'),
  ).map((document) => document.toJS() as unknown);
  const all = [...objects, ...release.objects].filter((object) => object !== null);
  writeFileSync(whole, all.map((object) => stringify(object)).join('---\n'));
  write(whole);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function write(whole: string): void {
  const before = kubeScore(whole);
  const ours = new Set(findings(whole));
  const rows = readdirSync(folder)
    .filter((name) => name.startsWith('CAFE'))
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const id = name.replace('.yaml', '');
      const [what = ''] = readFileSync(path, 'utf8').replace('# ', '').split('\n');
      const seen =
        findings(path).filter((finding) => !ours.has(finding) && finding.startsWith(id)).length > 0;
      const said = kubeScore(path).filter((line) => !before.includes(line));
      return [`[${id}](${id}.md)`, what, seen ? 'yes' : 'with more than the file', said[0] ?? 'no'];
    });
  const counted = new Map<string, number>();
  for (const line of before) {
    const text = line.replace(/^(\[\w+\]).*?: (?:\([^)]*\) )?/, '$1 ');
    counted.set(text, (counted.get(text) ?? 0) + 1);
  }
  const score = (): unknown => spawnSync(KUBE_SCORE, ['score', whole, '-o', 'ci']);
  const cafe = (): unknown =>
    spawnSync('node', [join(ROOT, 'packages/checks/build/cafe.js'), 'check', whole]);
  const found = rows.filter(([, , , said]) => said !== 'no').length;
  const page = readFileSync(PAGE, 'utf8');
  const text = replaced(
    replaced(page, 'broken', [
      `Of ${rows.length} broken bookshops, kube-score says something new about ${found}.`,
      table(
        ['id', 'what is broken', '`cafe check` on this file alone', '`kube-score`, the first new line'],
        rows,
      ),
    ]),
    'whole',
    [
      `About the whole bookshop, \`cafe check\` finds ${ours.size}, kube-score ${before.length}:`,
      table(
        ['kube-score says', 'times'],
        [...counted].map(([line, times]) => [line, String(times)]),
      ),
      `One run over it takes ${milliseconds(cafe)} ms with \`cafe check\`, ${milliseconds(score)} ms with kube-score, process included, the best of five.`,
    ],
  );
  writeFileSync(PAGE, text);
  execFileSync('npx', ['prettier', '--log-level', 'silent', '--write', PAGE], { cwd: ROOT });
}

function findings(path: string): string[] {
  return check(manifestsIn(readFileSync(path, 'utf8'))).findings.map(
    ({ id, object, field, found }) => `${id} ${object} ${field} ${found}`,
  );
}

/** What it complains of; it counts what it praises as well. */
function kubeScore(path: string): string[] {
  const { stdout, error } = spawnSync(KUBE_SCORE, ['score', path, '-o', 'ci'], { encoding: 'utf8' });
  if (error) throw new Error(`${KUBE_SCORE} does not run: ${error.message}`);
  return stdout.split('\n').filter((line) => /^\[(?:CRITICAL|WARNING)\]/.test(line));
}

function milliseconds(run: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.round(Math.min(...times));
}

function replaced(page: string, name: string, paragraphs: readonly string[]): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for "${name}"`);
  return `${page.slice(0, from + begin.length)}\n\n${paragraphs.join('\n\n')}\n\n${page.slice(to)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

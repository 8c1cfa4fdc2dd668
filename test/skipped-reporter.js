import console from 'node:console';
import process from 'node:process';

const HELM =
  process.platform === 'linux' && process.arch === 'x64'
    ? 'make helm'
    : 'a package from https://helm.sh/docs/intro/install';

/** What some tests need that npm does not bring everywhere: how their names say it, and what brings it. */
const NEEDS = [
  { thing: 'Helm', words: /\bHelm\b/, bring: HELM },
  { thing: 'Chromium', words: /a real browser/, bring: 'apt-get install chromium' },
  { thing: 'pg_isready', words: /pg_isready/, bring: 'apt-get install postgresql-client' },
  { thing: 'promtool', words: /promtool/, bring: 'apt-get install prometheus' },
  { thing: 'openssl', words: /\bTLS\b/, bring: 'apt-get install openssl' },
];

/**
 * Says in the last lines of a run what it left out, and the command that brings what was missing. Who reads only
 * "passed" must not believe that everything ran.
 */
export default class SkippedReporter {
  /** @param {import('@jest/reporters').Config.GlobalConfig} options */
  constructor(options) {
    this.options = options;
  }

  /** @param {import('@jest/reporters').AggregatedResult} results */
  onRunComplete(_, { testResults }) {
    // What -t leaves out is left out by whoever typed it.
    if (this.options.testNamePattern) return;
    const left = new Map();
    for (const { testFilePath, testResults: tests } of testResults) {
      for (const { fullName, status } of tests) {
        if (status !== 'pending') continue;
        const need = NEEDS.find(({ words }) => words.test(fullName));
        const reason = need
          ? `${need.thing} is not here; "${need.bring}" brings it`
          : `they cannot run here; see ${testFilePath.slice(this.options.rootDir.length + 1)}`;
        left.set(reason, (left.get(reason) ?? 0) + 1);
      }
    }
    // Jest's own summary comes after its reporters.
    process.once('exit', () => {
      for (const [reason, count] of left) console.error(`Left out: ${count} tests, because ${reason}.`);
    });
  }
}

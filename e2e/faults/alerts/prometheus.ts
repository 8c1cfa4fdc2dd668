import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { attempt, run } from '../../command.js';
import { eventually, lastLine, must } from '../../journal.js';
import type { MonitoringManifests } from './manifests.js';
import type { TargetGroup } from './targets.js';

/** How often it reads, and how often it looks at its rules: the defaults of the Prometheus operator. */
export const INTERVAL_SECONDS = 30;
const STOP_LIMIT_MS = 10_000;

const alerts = z.object({
  data: z.object({
    alerts: z.array(
      z.object({
        state: z.enum(['pending', 'firing']),
        labels: z.looseObject({
          alertname: z.string(),
          severity: z.string().default(''),
          window: z.string().default(''),
        }),
      }),
    ),
  }),
});
const milliseconds = z.string().transform((text) => Date.parse(text));
const rules = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        lastEvaluation: milliseconds,
        rules: z.array(z.looseObject({ name: z.string(), health: z.string() })),
      }),
    ),
  }),
});
const targets = z.object({
  data: z.object({ activeTargets: z.array(z.object({ lastScrape: milliseconds })) }),
});
const vector = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** An alert as Prometheus has it now. */
export type ActiveAlert = z.output<typeof alerts>['data']['alerts'][number];

/** Why there is none here, or nothing. */
export async function noPrometheus(): Promise<string | undefined> {
  for (const program of ['prometheus', 'promtool']) {
    const { code } = await attempt(`${program} --version`, { timeoutSeconds: 20 });
    if (code !== 0) return `"${program}" is not here; "apt-get install prometheus" brings it`;
  }
  return undefined;
}

/** A real Prometheus on this machine, with a folder of its own, for as long as a scenario. */
export class Prometheus {
  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
    private readonly address: string,
  ) {}

  /**
   * Starts one, with rules and with what it knows of the time before.
   *
   * @param history - in the format OpenMetrics
   */
  static async start(groups: MonitoringManifests['groups'], history: string): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'cafe-prometheus-'));
    let child: ChildProcess | undefined;
    try {
      writeFileSync(join(folder, 'history.txt'), history);
      writeFileSync(join(folder, 'rules.json'), JSON.stringify({ groups }));
      writeFileSync(join(folder, 'targets.json'), '[]');
      writeFileSync(join(folder, 'prometheus.json'), JSON.stringify(CONFIGURATION));
      await run('promtool check config prometheus.json', { cwd: folder });
      await run('promtool tsdb create-blocks-from openmetrics -q history.txt data', { cwd: folder });
      const log = openSync(join(folder, 'log'), 'w');
      child = spawn('prometheus', OPTIONS, { cwd: folder, stdio: ['ignore', log, log] });
      closeSync(log);
      const address = await listening(folder, child);
      return new Prometheus(folder, child, address);
    } catch (error) {
      await stop(child);
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  /** Says which addresses it reads from now on. */
  read(targets: readonly TargetGroup[]): void {
    const next = join(this.folder, 'targets.next');
    writeFileSync(next, JSON.stringify(targets));
    renameSync(next, join(this.folder, 'targets.json'));
  }

  /** Alerts that are pending or firing. */
  async alerts(): Promise<readonly ActiveAlert[]> {
    return alerts.parse(await this.ask('alerts')).data.alerts;
  }

  /** A number; nothing where the expression has no value. */
  async value(expression: string): Promise<number | undefined> {
    const { data } = vector.parse(await this.ask(`query?query=${encodeURIComponent(expression)}`));
    const [, text] = data.result[0]?.value ?? [];
    return text === undefined ? undefined : Number(text);
  }

  /** Rules that it cannot evaluate. */
  async brokenRules(): Promise<readonly string[]> {
    const { data } = rules.parse(await this.ask('rules'));
    return data.groups.flatMap((group) =>
      group.rules.filter(({ health }) => health === 'err').map(({ name }) => name),
    );
  }

  /** Until when it knows every address, in milliseconds since 1970: what was read of each at that moment or later. */
  async readUntil(): Promise<number> {
    const { activeTargets } = targets.parse(await this.ask('targets?state=active')).data;
    return Math.min(...activeTargets.map(({ lastScrape }) => lastScrape));
  }

  /** Until when it has looked at every rule, in milliseconds since 1970. */
  async judgedUntil(): Promise<number> {
    const { groups } = rules.parse(await this.ask('rules')).data;
    return Math.min(...groups.map(({ lastEvaluation }) => lastEvaluation));
  }

  /** Ends it, and removes everything of it. */
  async end(): Promise<void> {
    await stop(this.child);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async ask(what: string): Promise<unknown> {
    const answer = await fetch(`http://${this.address}/api/v1/${what}`, {
      signal: AbortSignal.timeout(10_000),
    });
    must(answer.ok, `Prometheus answered ${answer.status} when it was asked for ${what}`);
    return answer.json();
  }
}

/** JSON is YAML. */
const CONFIGURATION = {
  global: { scrape_interval: `${INTERVAL_SECONDS}s`, evaluation_interval: `${INTERVAL_SECONDS}s` },
  rule_files: ['rules.json'],
  scrape_configs: [{ job_name: 'pods', file_sd_configs: [{ files: ['targets.json'] }] }],
};
const OPTIONS = [
  '--config.file=prometheus.json',
  '--storage.tsdb.path=data',
  // No longer ones are made of the blocks of the days before: that would only cost the cluster's cores.
  '--storage.tsdb.max-block-duration=2h',
  // The system chooses the port, and the log says which.
  '--web.listen-address=127.0.0.1:0',
];

function listening(folder: string, child: ChildProcess): Promise<string> {
  let failed: Error | undefined;
  child.once('error', (error) => (failed = error));
  return eventually(30, async () => {
    const log = readFileSync(join(folder, 'log'), 'utf8');
    must(failed === undefined && child.exitCode === null, `prometheus has ended: ${lastLine(log)}`);
    const address = /"?Listening on"? .*address=(\S+)/.exec(log)?.[1];
    must(address !== undefined, `prometheus does not say where it listens: ${lastLine(log)}`);
    const ready = await fetch(`http://${address}/-/ready`, { signal: AbortSignal.timeout(5000) });
    must(ready.ok, `prometheus is not ready: ${ready.status}`);
    return address;
  });
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(late);
}

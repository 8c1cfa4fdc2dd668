import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { run } from '../e2e/command.js';
import { eventually, must } from '../e2e/journal.js';
import { imageOf } from '../images/image-lock.js';
import { DatabaseGuests } from './database-guests.js';
import { ChartServer, type MeasuredServer, PlainServer } from './database-servers.js';
import { median } from './statistics.js';
import { writeSection } from './section.js';

const HELP = `Measures on the cluster of KUBECONFIG how long the database's chart and the plain image keep an order waiting, at a
cold start and after their pod was killed, and writes the ratios into docs/benchmarks.md. Needs "make images push".

  node --import tsx bench/database.ts [--namespace NAME] [--rounds N]

  --namespace  one that is made for it and deleted (default postgresql-bench)
  --rounds     cold starts of each, after one that is not counted (default 3); each is followed by two kills`;

const { values: options } = parseArgs({
  options: {
    namespace: { type: 'string', default: 'postgresql-bench' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const KILLS = 2;
const { namespace } = options;
const kubectl = (words: string): Promise<string> => run(`kubectl --namespace ${namespace} ${words}`);
const guests = new DatabaseGuests(namespace, imageOf()('order-service'));

/** Seconds, of each server. */
interface Times {
  readonly cold: number[];
  readonly kill: number[];
}

await run(`kubectl create namespace ${namespace}`);
try {
  const servers: readonly MeasuredServer[] = [
    new ChartServer(namespace),
    new PlainServer(namespace, await chartImage()),
  ];
  const times = new Map<MeasuredServer, Times>(servers.map((server) => [server, { cold: [], kill: [] }]));
  for (const [index, server] of servers.entries()) await makeService(`database-${index}`, server);
  for (let round = 0; round <= Number(options.rounds); round += 1) {
    for (const [index, server] of servers.entries()) {
      const found = await measure(server, `database-${index}`);
      console.error(
        `${server.name}: cold ${String(found.cold)} s, killed ${found.kill.join(', ')} s${round === 0 ? ' (not counted)' : ''}`,
      );
      // Images come onto nodes in the first round.
      if (round === 0) continue;
      times.get(server)?.cold.push(...found.cold);
      times.get(server)?.kill.push(...found.kill);
    }
  }
  const [chart, plain] = servers.map((server) => times.get(server));
  must(chart !== undefined && plain !== undefined, 'nothing was measured');
  const row = (what: string, ours: readonly number[], theirs: readonly number[]): string =>
    `| ${what} | ${median(ours).toFixed(1)} s | ${median(theirs).toFixed(1)} s | **${(median(ours) / median(theirs)).toFixed(2)}** |`;
  const table = [
    '| until the first order is stored | the chart | the plain image | ratio |',
    '| --- | --- | --- | --- |',
    row(`after a cold start, on a new volume (median of ${chart.cold.length})`, chart.cold, plain.cold),
    row(`after its pod was killed (median of ${chart.kill.length})`, chart.kill, plain.kill),
  ].join('\n');
  console.log(table);
  writeSection('docs/benchmarks.md', 'database', table);
} finally {
  await run(`kubectl delete namespace ${namespace} --timeout=180s`);
}

async function measure(server: MeasuredServer, service: string): Promise<Times> {
  await guests.come(service);
  const started = await guests.now();
  await server.install();
  const cold = ((await guests.firstOrderAfter(started)) - started) / 1000;
  const kill: number[] = [];
  for (let time = 0; time < KILLS; time += 1) {
    await eventually(60, () => kubectl(`wait --for=condition=Ready pod/${server.pod} --timeout=1s`));
    await pause(5000);
    const before = await guests.now();
    await kubectl(`delete pod ${server.pod} --force --grace-period=0`);
    await pause(2000);
    await guests.firstOrderAfter(await guests.now());
    await pause(1000);
    kill.push((await guests.longestPauseSince(before - 500)) / 1000);
  }
  await guests.leave();
  await server.remove();
  return { cold: [cold], kill };
}

/** Made before the server: cluster DNS may remember for half a minute that a name is not there. */
async function makeService(name: string, server: MeasuredServer): Promise<void> {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { ...server.service, ports: [{ port: 5432 }] },
  };
  await run('kubectl apply --filename -', { stdin: JSON.stringify(service) });
}

/** The image that the chart runs. */
async function chartImage(): Promise<string> {
  const image = await run(
    `helm template dist/helm/postgresql --show-only templates/statefulset.yaml | sed -n 's/^ *image: //p' | head -n 1`,
  );
  return image.trim().replaceAll('"', '');
}

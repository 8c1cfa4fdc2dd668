import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { attempt, type CommandResult, run } from '../command.js';
import { must } from '../journal.js';
import { runJob } from './job.js';

const CHART = fileURLToPath(new URL('../../dist/helm/postgresql', import.meta.url));

const pod = z.object({
  metadata: z.object({ uid: z.string() }),
  spec: z.object({ nodeName: z.string().optional() }),
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    containerStatuses: z
      .array(
        z.object({
          name: z.string(),
          restartCount: z.number(),
          state: z.object({ running: z.unknown(), terminated: z.unknown() }).partial(),
        }),
      )
      .default([]),
  }),
});

/** What a test asks of a release's pod. */
export interface DatabasePod {
  readonly uid: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Whether its first container, that of the server, has begun. */
  readonly begun: boolean;
  /** The node that it is on. @default - none yet */
  readonly node: string | undefined;
}

/** A release of the chart alone, in a namespace without the café. Its name contains "postgresql", so objects have it too. */
export class DatabaseRelease {
  static readonly database = 'shop';
  static readonly role = 'shop_owner';

  constructor(
    readonly namespace: string,
    readonly name: string,
  ) {}

  /** `kubectl` in the namespace. @throws Error with all that it said */
  kubectl(words: string, stdin = ''): Promise<string> {
    return run(`kubectl --namespace ${this.namespace} ${words}`, { stdin });
  }

  /** `helm install`, with a password that is generated. */
  install(words = '--wait'): Promise<string> {
    return run(`helm install ${this.name} ${this.chartWords} ${words}`);
  }

  /** What a scenario begins with: the release, with these values at least. */
  async ensure(words = ''): Promise<void> {
    const { code } = await attempt(`helm status ${this.name} --namespace ${this.namespace}`);
    if (code !== 0) await this.install(`--wait ${words}`);
    else if (words !== '') await this.upgrade(words);
  }

  /** `helm upgrade` with the values of before and these, waited for. */
  upgrade(words = ''): Promise<string> {
    return run(this.upgradeLine(words));
  }

  /** The same, for what is refused. */
  attemptUpgrade(words: string): Promise<CommandResult> {
    return attempt(this.upgradeLine(words));
  }

  async rollback(): Promise<void> {
    await run(`helm rollback ${this.name} --namespace ${this.namespace} --wait --timeout 5m`);
  }

  async uninstall(): Promise<void> {
    await run(`helm uninstall ${this.name} --namespace ${this.namespace} --wait --timeout 5m`);
    await this.kubectl(`wait --for=delete pod/${this.name}-0 --timeout=180s`);
  }

  /** What outlives a release. */
  async deleteData(): Promise<void> {
    await this.kubectl(
      `delete pvc/data-${this.name}-0 secret/${this.name}-auth secret/${this.name}-tls --ignore-not-found`,
    );
  }

  /** The image that the pod runs. */
  image(): Promise<string> {
    return this.kubectl(`get pod ${this.name}-0 --output 'jsonpath={.spec.containers[0].image}'`);
  }

  /** `helm test`. @returns the test's own line */
  async test(): Promise<string> {
    const output = await run(`helm test ${this.name} --namespace ${this.namespace} --logs --timeout 5m`);
    const line = /^test: .*$/m.exec(output)?.[0];
    must(line !== undefined, `helm test printed no line of the test's:\n${output}`);
    return line;
  }

  /** `bash move.sh`, which dumps, installs, restores and compares. */
  move(to: string, words = ''): Promise<string> {
    return run(`bash ${CHART}/move.sh ${this.namespace} ${this.name} ${to} ${words}`, {
      timeoutSeconds: 600,
    });
  }

  /** The pod, or nothing while there is none. */
  async pod(): Promise<DatabasePod | undefined> {
    const json = await this.kubectl(`get pod ${this.name}-0 --ignore-not-found --output json`);
    if (json.trim() === '') return undefined;
    const { metadata, spec, status } = pod.parse(JSON.parse(json));
    return {
      uid: metadata.uid,
      ready: status.conditions.some(({ type, status: holds }) => type === 'Ready' && holds === 'True'),
      restarts: status.containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
      begun: status.containerStatuses.some(
        ({ name, state }) =>
          name === 'postgres' && (state.running !== undefined || state.terminated !== undefined),
      ),
      node: spec.nodeName,
    };
  }

  /** The pod, which must be there and ready. */
  async readyPod(): Promise<DatabasePod> {
    const found = await this.pod();
    must(found?.ready === true, `the pod ${this.name}-0 is not ready`);
    return found;
  }

  /** Takes the pod away as a lost node does: the API forgets it at once. */
  async killPod(): Promise<void> {
    await this.kubectl(`delete pod ${this.name}-0 --grace-period=0 --force`);
  }

  /** Runs SQL as the application's role, over the pod's socket. @returns the rows, unaligned */
  async sql(text: string): Promise<string> {
    const words = `exec --stdin ${this.name}-0 --container postgres -- psql --username=postgres --dbname=${DatabaseRelease.database}`;
    const flags = '--no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1';
    const output = await this.kubectl(`${words} ${flags}`, `set role ${DatabaseRelease.role};\n${text};\n`);
    return output.trim();
  }

  /** The password in the chart's Secret. */
  async password(): Promise<string> {
    const encoded = await this.kubectl(`get secret ${this.name}-auth --output 'jsonpath={.data.password}'`);
    return Buffer.from(encoded, 'base64').toString();
  }

  /** Whether the application's role logs in over TCP with a password. */
  async accepts(password: string): Promise<boolean> {
    const { code } = await attempt(
      `kubectl --namespace ${this.namespace} exec ${this.name}-0 --container postgres -- ` +
        `env PGPASSWORD=${password} psql --host=127.0.0.1 --username=${DatabaseRelease.role} --dbname=${DatabaseRelease.database} --command='select 1'`,
    );
    return code === 0;
  }

  /** A job made of one of the chart's CronJobs, waited for. @returns its log */
  job(name: string, of: 'backup' | 'restore', environment = ''): Promise<string> {
    return runJob(this.namespace, name, `${this.name}-${of}`, environment);
  }

  private upgradeLine(words: string): string {
    return `helm upgrade ${this.name} ${CHART} --namespace ${this.namespace} --reset-then-reuse-values --wait --timeout 5m ${words}`;
  }

  private get chartWords(): string {
    const { database, role } = DatabaseRelease;
    // Of the café's own copy of the chart only the defaults are wanted, not its names and its clients.
    const values = `auth.username=${role},auth.database=${database},auth.password=,primary.persistence.size=1Gi`;
    return `${CHART} --namespace ${this.namespace} --set ${values} --set-json 'primary.networkPolicy.clients=[]' --timeout 5m`;
  }
}

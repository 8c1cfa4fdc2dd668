import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { NAMESPACE } from '../cluster.js';
import { cafePods, isReady } from './cafe-state.js';
import { STARTUP_MESSAGE } from './startup-message.js';

/**
 * Asks at `DB_HOST` every 50 ms whether somebody may log in, and prints the time of each change with what holds from then
 * on. It ends with its input, and never logs in. 57P03 is "not yet".
 */
export const ASK = `
const { connect } = require("node:net");
${STARTUP_MESSAGE}
const { DB_HOST, DB_PORT: port } = process.env;
require("node:dns").lookup(DB_HOST, (error, host) => {
  if (error) throw error;
  let asked = 0, newest = 0, last = "";
  setInterval(() => {
    const number = asked += 1;
    const socket = connect({ host, port }, () => socket.write(message));
    const learn = (now) => {
      clearTimeout(limit);
      socket.destroy();
      // What was asked before says nothing new.
      if (number < newest || now === last) return;
      newest = number;
      console.log(Date.now(), last = now);
    };
    const away = () => learn("away");
    const limit = setTimeout(away, 500);
    socket.on("error", away).on("end", away).once("data", (answer) => learn(answer.includes("57P03") ? "away" : "there"));
  }, 50);
});
process.stdin.on("end", () => process.exit()).resume();
`;

/**
 * Watches from beside order-service when the database can be used. PostgreSQL's own log says that it accepts connections,
 * but where its pod is another one than before it takes up to 1.4 s more until Kubernetes knows the pod's address and each
 * node leads there (docs/decisions/recovery.md), which is no service's fault.
 */
export class DatabaseAbsence {
  private constructor(private readonly watches: readonly Watch[]) {}

  /** From each pod of order-service that is ready now; one that is lost meanwhile says no more. */
  static async watch(): Promise<DatabaseAbsence> {
    const pods = (await cafePods('app=order-service')).filter(isReady);
    const words = ({ metadata }: (typeof pods)[number]): readonly string[] =>
      `-n ${NAMESPACE} exec -i ${metadata.name} -c order-service -- node -e`.split(' ');
    return new DatabaseAbsence(pods.map((pod) => new Watch('kubectl', [...words(pod), ASK])));
  }

  /** Ends the watch. @returns when the first of them had the database back, in milliseconds since 1970; undefined when it was never away */
  async end(): Promise<number | undefined> {
    const changes = await Promise.all(this.watches.map((watch) => watch.end()));
    const returns = changes.flatMap((said) => returnOf(said) ?? []);
    return returns.length === 0 ? undefined : Math.min(...returns);
  }
}

/** One process that asks. */
export class Watch {
  private said = '';
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly closed: Promise<unknown>;

  constructor(command: string, words: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(command, words, { env });
    this.child.stdout.on('data', (text: Buffer) => (this.said += text.toString()));
    this.child.stderr.resume();
    this.child.stdin.on('error', () => undefined);
    this.closed = new Promise((done) => this.child.once('close', done).once('error', done));
  }

  /** @returns what it has printed */
  async end(): Promise<string> {
    this.child.stdin.end();
    // Where its node is gone nobody tells kubectl that its input has ended.
    const limit = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await this.closed;
    clearTimeout(limit);
    return this.said;
  }
}

/** The end of the longest absence: while a pod is being ended and when clients come back, single answers are missing. */
export function returnOf(said: string): number | undefined {
  const changes = said.split('\n').map((line) => line.split(' '));
  let longest = 0;
  let end: number | undefined;
  for (const [index, [at, now]] of changes.entries()) {
    const [until, then] = changes[index + 1] ?? [];
    const took = Number(until) - Number(at);
    if (now !== 'away' || then !== 'there' || took < longest) continue;
    longest = took;
    end = Number(until);
  }
  return end;
}

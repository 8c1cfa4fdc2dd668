import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { PolicyObject, PolicySet } from '../../packages/checks/testing/oracle/policy-sets.js';
import { run } from '../command.js';

// Namespaces and pods that stay, whose labels and policies are those of one set after another. Pods keep their ports' names.

const AGENT = readFileSync(new URL('agent.js', import.meta.url), 'utf8');

interface Agent {
  readonly process: ChildProcessWithoutNullStreams;
  readonly answers: AsyncIterator<string>;
}

/** The pods of a set, in a cluster. */
export class Lane {
  private readonly agents = new Map<string, Agent>();
  private readonly addresses = new Map<string, string>();

  private constructor(
    private readonly prefix: string,
    private readonly image: string,
  ) {}

  /** Makes the namespaces and pods of a set, under names that begin with the prefix, and waits for them. */
  static async of(prefix: string, image: string, set: PolicySet): Promise<Lane> {
    const lane = new Lane(prefix, image);
    await apply(lane.objectsOf(set, 'Namespace'));
    await apply(lane.objectsOf(set, 'Pod'));
    for (const { metadata } of set.objects.filter(({ kind }) => kind === 'Pod')) {
      const namespace = lane.named(metadata.namespace ?? '');
      await run(`kubectl -n ${namespace} wait pod/${metadata.name} --for condition=Ready --timeout 120s`);
      const address = await run(
        `kubectl -n ${namespace} get pod ${metadata.name} -o jsonpath={.status.podIP}`,
      );
      const key = `${metadata.namespace ?? ''}/${metadata.name}`;
      lane.addresses.set(key, address.trim());
      const child = spawn('kubectl', [
        ...['-n', namespace, 'exec', '-i', metadata.name, '--'],
        ...['node', '--input-type=module', '-e', AGENT],
      ]);
      child.stderr.pipe(process.stderr);
      const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      lane.agents.set(key, { process: child, answers });
    }
    return lane;
  }

  /** Puts the labels and policies of a set into the cluster, in place of those of the one before. */
  async become(set: PolicySet): Promise<void> {
    await this.withoutPolicies();
    await apply([
      ...this.objectsOf(set, 'Namespace'),
      ...this.objectsOf(set, 'Pod'),
      ...this.objectsOf(set, 'NetworkPolicy'),
    ]);
  }

  /** Which of a set's questions are answered, by asking. */
  async answers({ questions }: PolicySet): Promise<boolean[]> {
    const answered = questions.map(() => false);
    await Promise.all(
      [...this.agents].map(async ([from, agent]) => {
        const asked = [...questions.entries()].filter(([, [source]]) => source === from);
        const targets = asked.map(([, [, to, protocol, port]]) => [this.addresses.get(to), protocol, port]);
        agent.process.stdin.write(`${JSON.stringify(targets)}\n`);
        const line = z.string().parse((await agent.answers.next()).value);
        const results = z.array(z.boolean()).length(asked.length).parse(JSON.parse(line));
        for (const [place, [index]] of asked.entries()) answered[index] = results[place] ?? false;
      }),
    );
    return answered;
  }

  /** Ends the agents and deletes the namespaces. */
  async remove(namespaces: readonly string[]): Promise<void> {
    for (const { process: child } of this.agents.values()) child.kill();
    await Lane.removeAll(this.prefix, namespaces);
  }

  /** Deletes the namespaces of a lane, however far it came. */
  static async removeAll(prefix: string, namespaces: readonly string[]): Promise<void> {
    const names = namespaces.map((each) => `${prefix}-${each}`).join(' ');
    await run(`kubectl delete namespace ${names} --ignore-not-found --wait=false`);
  }

  private async withoutPolicies(): Promise<void> {
    await Promise.all(
      ['red', 'green', 'blue'].map((each) =>
        run(`kubectl -n ${this.named(each)} delete networkpolicy --all --wait=true`),
      ),
    );
  }

  private named(namespace: string): string {
    return `${this.prefix}-${namespace}`;
  }

  private objectsOf({ objects }: PolicySet, kind: string): readonly unknown[] {
    return objects.filter((each) => each.kind === kind).map((each) => this.inLane(each));
  }

  /** The object in the lane's namespaces, and a pod with what it runs. */
  private inLane(object: PolicyObject): unknown {
    const { kind, metadata } = object;
    const named = JSON.parse(
      JSON.stringify(object).replaceAll(
        /("kubernetes\.io\/metadata\.name":")(\w+)"/g,
        (_whole, key: string, name: string) => `${key}${this.named(name)}"`,
      ),
    ) as PolicyObject;
    if (kind === 'Namespace')
      return { ...named, metadata: { ...named.metadata, name: this.named(metadata.name) } };
    const placed = { ...named.metadata, namespace: this.named(metadata.namespace ?? '') };
    if (kind !== 'Pod') return { ...named, metadata: placed };
    const { containers } = z.object({ containers: z.array(z.looseObject({})) }).parse(named['spec']);
    return {
      ...named,
      metadata: placed,
      spec: {
        terminationGracePeriodSeconds: 0,
        automountServiceAccountToken: false,
        containers: containers.map((each) => ({ ...each, image: this.image, command: ['sleep', '3600'] })),
      },
    };
  }
}

async function apply(objects: readonly unknown[]): Promise<void> {
  if (objects.length === 0) return;
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await run('kubectl apply -f -', { stdin: list });
}

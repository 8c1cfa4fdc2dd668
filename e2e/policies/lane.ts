import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  LABEL_KEYS,
  NAMESPACES,
  type PolicyObject,
  type PolicySet,
} from '../../packages/checks/testing/oracle/policy-sets.js';
import type { ApiServer } from './api-server.js';

const AGENT = readFileSync(new URL('agent.js', import.meta.url), 'utf8');
const STARTING_MILLISECONDS = 120_000;

interface Agent {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  readonly answers: AsyncIterator<string>;
}

const podState = z.object({
  status: z.object({
    podIP: z.string().optional(),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
  }),
});

/** Namespaces and pods that stay, while labels and policies are those of one set after another. Pods keep their ports' names. */
export class Lane {
  private readonly agents = new Map<string, Agent>();
  private readonly addresses = new Map<string, string>();

  constructor(
    private readonly api: ApiServer,
    private readonly prefix: string,
    private readonly image: string,
  ) {}

  /** Makes the namespaces and pods of a set, under names that begin with the prefix, and waits until the pods can ask. */
  async open({ objects }: PolicySet): Promise<void> {
    // A run that was killed leaves its own behind.
    await this.close();
    await until('the namespaces of an earlier run are gone', async () => {
      const left = await Promise.all(NAMESPACES.map((each) => this.api.ask('GET', this.pathOf(each))));
      return left.every((each) => each === undefined);
    });
    for (const each of objects.filter(({ kind }) => kind === 'Namespace'))
      await this.api.ask('POST', '/api/v1/namespaces', this.inLane(each));
    const pods = objects.filter(({ kind }) => kind === 'Pod');
    for (const pod of pods)
      await this.api.ask('POST', `${this.pathOf(pod.metadata.namespace)}/pods`, this.inLane(pod));
    await Promise.all(pods.map((each) => this.openAgent(each)));
  }

  /** Puts the labels and policies of a set into the cluster, in place of those of the one before. */
  async become({ objects }: PolicySet): Promise<void> {
    const none = Object.fromEntries(LABEL_KEYS.map((key) => [key, null]));
    await Promise.all(NAMESPACES.map((each) => this.api.ask('DELETE', this.policiesOf(each))));
    await Promise.all(
      objects.map((object) => {
        const { kind, metadata } = object;
        const named = this.inLane(object);
        if (kind === 'NetworkPolicy') return this.api.ask('POST', this.policiesOf(metadata.namespace), named);
        const path =
          kind === 'Namespace'
            ? this.pathOf(metadata.name)
            : `${this.pathOf(metadata.namespace)}/pods/${metadata.name}`;
        return this.api.ask('PATCH', path, { metadata: { labels: { ...none, ...named.metadata.labels } } });
      }),
    );
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

  /** Ends the agents and deletes the namespaces, however far it came. */
  async close(): Promise<void> {
    for (const { process: child } of this.agents.values()) child.kill();
    await Promise.all(NAMESPACES.map((each) => this.api.ask('DELETE', this.pathOf(each))));
  }

  private async openAgent({ metadata: { name, namespace = '' } }: PolicyObject): Promise<void> {
    const path = `${this.pathOf(namespace)}/pods/${name}`;
    const key = `${namespace}/${name}`;
    await until(`pod ${this.named(namespace)}/${name} is ready`, async () => {
      const { status } = podState.parse(await this.api.ask('GET', path));
      this.addresses.set(key, status.podIP ?? '');
      return status.conditions.some((each) => each.type === 'Ready' && each.status === 'True');
    });
    const child = spawn(
      'kubectl',
      [
        ...['-n', this.named(namespace), 'exec', '-i', name, '--'],
        ...['node', '--input-type=module', '-e', AGENT],
      ],
      { detached: true, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    // Who writes to one that has ended sees it at the answer that does not come.
    child.stdin.on('error', () => undefined);
    this.agents.set(key, {
      process: child,
      answers: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    });
  }

  private named(namespace: string): string {
    return `${this.prefix}-${namespace}`;
  }

  private pathOf(namespace = ''): string {
    return `/api/v1/namespaces/${this.named(namespace)}`;
  }

  private policiesOf(namespace = ''): string {
    return `/apis/networking.k8s.io/v1/namespaces/${this.named(namespace)}/networkpolicies`;
  }

  /** The object in the lane's namespaces, and a pod with what it runs. */
  private inLane(object: PolicyObject): PolicyObject {
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

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + STARTING_MILLISECONDS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`after ${STARTING_MILLISECONDS / 1000} s it is not so: ${what}`);
    await sleep(500);
  }
}

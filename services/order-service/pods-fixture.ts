import { ProcessFixture } from '@cafe-lumiere/runtime/testing';
import { bundledServer } from '../../images/bundled-server.js';

/** Two order-service processes that are started again when they were killed, as Kubernetes does. */
export class PodsFixture {
  private readonly pods: ProcessFixture[] = [];
  private readonly replacing = new Set<number>();
  private turn = 0;

  /** Starts both. They are ready when this resolves. */
  static async start(environment: Record<string, string>): Promise<PodsFixture> {
    const pods = new PodsFixture(environment);
    for (const index of [0, 1]) await pods.replace(index);
    return pods;
  }

  private constructor(private readonly environment: Record<string, string>) {}

  /** One after the other, as a balancer does that does not know yet which one is dead. */
  get url(): string {
    this.turn += 1;
    return this.pods[this.turn % 2]?.url ?? '';
  }

  /** The address of one of the two. */
  urlOf(index: number): string {
    return this.pods[index]?.url ?? '';
  }

  /** Kills a pod. One that is being started again already is left alone. */
  async kill(index: number): Promise<void> {
    const pod = this.pods[index];
    if (!pod || this.replacing.has(index)) return;
    this.replacing.add(index);
    pod.signal('SIGKILL');
    await pod.exited;
    await this.replace(index);
    this.replacing.delete(index);
  }

  /** Kills both for good. */
  async end(): Promise<void> {
    for (const pod of this.pods) pod.signal('SIGKILL');
    await Promise.all(this.pods.map(({ exited }) => exited));
  }

  private async replace(index: number): Promise<void> {
    const pod = await ProcessFixture.start(await bundledServer('order-service'), this.environment);
    this.pods[index] = pod;
    await pod.readyz(200);
  }
}

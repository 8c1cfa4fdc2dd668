import { setTimeout as pause } from 'node:timers/promises';
import { kubectl } from '../cluster.js';
import { run } from '../command.js';
import { must } from '../journal.js';
import { type CafePod, cafePods, databasePod, isReady } from './cafe-state.js';
import type { NodeAgent } from './node-agent.js';
import {
  type Changed,
  changedFolder,
  synthesizeChanged,
  synthesizeNewVersion,
} from './synthesize-changed.js';

/** A moment that the plot shows. */
export interface Mark {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** What a scenario works with. */
export class FaultTools {
  readonly marks: Mark[] = [];
  /** When the database could be used again, where the scenario itself decides that. Milliseconds since 1970. */
  databaseBackAt: number | undefined;
  /** How long Kubernetes took to notice what was lost, in milliseconds, where the scenario waited for it. */
  noticed: number | undefined;
  private readonly toUndo = new Set<() => Promise<unknown>>();

  constructor(
    /** The folder in which the café's own commands are run. */
    readonly workspace: string,
    readonly agent: NodeAgent,
    /** Whether the café is behind a Gateway, and what is changed of it has to stay there. */
    private readonly isBehindGateway: boolean,
  ) {}

  /** Says what is done now. */
  mark(text: string): void {
    this.marks.push({ at: Date.now(), text });
  }

  /**
   * Does something that must be undone whatever happens: a failure, or somebody's Ctrl-C in the middle.
   *
   * @returns what the action returns
   */
  async disturb<Result>(undo: () => Promise<unknown>, action: () => Promise<Result>): Promise<Result> {
    this.toUndo.add(undo);
    try {
      return await action();
    } finally {
      if (this.toUndo.delete(undo)) await undo();
    }
  }

  /** Undoes what is disturbed now, the last first. */
  async undoAll(): Promise<void> {
    for (const undo of [...this.toUndo].reverse()) {
      this.toUndo.delete(undo);
      await undo();
    }
  }

  /** Synthesizes the café with one thing changed, into {@link changedFolder}. */
  async synthesizeChanged(change: Changed): Promise<void> {
    await synthesizeChanged(this.isBehindGateway ? `gateway-${change}` : change, this.workspace);
  }

  /** Where the café with one thing changed is, below the workspace. */
  changedFolder(change: Changed): string {
    return changedFolder(this.isBehindGateway ? `gateway-${change}` : change);
  }

  /** Builds and pushes another version of the images, and synthesizes the café with them into {@link NEW_VERSION}. */
  async synthesizeNewVersion(): Promise<void> {
    await synthesizeNewVersion(this.workspace, this.isBehindGateway ? 'gateway' : undefined);
  }

  /** Runs a command line in the workspace. */
  inWorkspace(line: string, timeoutSeconds = 300): Promise<string> {
    return run(line, { cwd: this.workspace, timeoutSeconds });
  }

  /** A ready pod of a service. */
  async podOf(service: string): Promise<CafePod> {
    const found = (await cafePods(`app=${service}`)).find(
      (pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined,
    );
    must(found !== undefined, `no pod of ${service} is ready`);
    return found;
  }

  /** Sends a signal to every process of a pod's container. @returns when, as {@link NodeAgent.signal} */
  async signal(pod: CafePod, container: string, signal: 'KILL' | 'STOP' | 'CONT'): Promise<number> {
    const status = pod.status.containerStatuses.find(({ name }) => name === container);
    must(status !== undefined, `${pod.metadata.name} has no container ${container}`);
    return this.agent.signal(pod.spec.nodeName, status.containerID, signal);
  }

  /**
   * Lets every process of a pod's container stand still for a while.
   *
   * @returns when they were let go on, in milliseconds since 1970
   */
  async freeze(pod: CafePod, container: string, milliseconds: number): Promise<number> {
    let thawed = 0;
    await this.disturb(
      async () => {
        thawed = await this.signal(pod, container, 'CONT');
      },
      async () => {
        await this.signal(pod, container, 'STOP');
        await pause(milliseconds);
      },
    );
    return thawed;
  }

  /** Rolls Deployments out anew and waits for the end. */
  async restart(...services: readonly string[]): Promise<void> {
    const names = services.map((service) => `deployment/${service}`);
    await kubectl(`rollout restart ${names.join(' ')}`);
    for (const name of names) await kubectl(`rollout status ${name} --timeout=180s`);
  }

  /** The nodes that can take pods. */
  async nodes(): Promise<readonly string[]> {
    const names = await run(`kubectl get nodes -o jsonpath='{.items[*].metadata.name}'`);
    return names.trim().split(' ');
  }

  /** The node on which the database runs. */
  async databaseNode(): Promise<string> {
    return (await databasePod()).spec.nodeName;
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { kubectl, NAMESPACE, OPERATIONS_PORTS } from '../../cluster.js';
import { run } from '../../command.js';
import { eventually, must } from '../../journal.js';
import type { Scenario } from '../scenario.js';
import { ordinaryDays } from './history.js';
import { ALERT_LIMIT_MS, firstPage, type SeenAlert } from './judgement.js';
import type { MonitoringManifests } from './manifests.js';
import { INTERVAL_SECONDS, Prometheus } from './prometheus.js';
import { targetsOf } from './targets.js';

const LOOK_MS = 1000;
/** How often it is looked which pods there are. */
const PODS_MS = 5000;
/** In which every pod is read, or every rule looked at, and a little more. */
const TURN_SECONDS = INTERVAL_SECONDS + 10;
/**
 * The requests that Prometheus has read of, in the alerts' own words. Not their increase: a load may be over between two
 * readings.
 */
const READ = `sum(max_over_time(http_requests_total{namespace="${NAMESPACE}",container="frontend",pod!="before"}[10m]))`;

interface FirstSeen {
  readonly name: string;
  readonly severity: string;
  readonly window: string;
  pendingAt?: number;
  firingAt?: number;
}

/** A real Prometheus that reads the café's pods, and somebody who asks it every second who should be woken. */
export class AlertWatch {
  private readonly first = new Map<string, FirstSeen>();
  private readonly over = new AbortController();
  private looking: Promise<unknown> = Promise.resolve();
  private problem: string | undefined;
  private lookedAt = 0;

  private constructor(
    private readonly prometheus: Prometheus,
    private readonly monitors: MonitoringManifests['monitors'],
  ) {}

  /** Starts it, and waits until it has read every pod: what it says before that is not noted. */
  static async start({ monitors, groups }: MonitoringManifests): Promise<AlertWatch> {
    const prometheus = await Prometheus.start(groups, ordinaryDays(NAMESPACE, Date.now() / 1000));
    const watch = new AlertWatch(prometheus, monitors);
    await watch.calm().catch(async (error: unknown) => {
      await prometheus.end();
      throw error;
    });
    watch.lookedAt = Date.now();
    watch.looking = Promise.all([
      // Where the cluster does not answer, it goes on with the pods that it knows.
      watch.again(PODS_MS, () => watch.findPods().catch(() => undefined)),
      watch.again(LOOK_MS, () => watch.lookOrMiss()),
    ]);
    return watch;
  }

  /** Waits until it reads every pod and has nothing to say. */
  async calm(): Promise<void> {
    const pods = await this.findPods();
    await eventually(150, async () => {
      const up = (await this.prometheus.value('sum(up)')) ?? 0;
      must(up === pods && pods > 0, `Prometheus reads ${up} of ${pods} pods`);
      // Before it has read anything, it is right to say that nobody counts.
      const active = await this.prometheus.alerts();
      must(active.length === 0, `alerts before anything is done: ${JSON.stringify(active)}`);
    });
  }

  /**
   * What was seen, when nothing more can come of a fault: the alert that is awaited has fired, or has not in its time; where
   * none is and a request has failed, the rules have been looked at after the last one. Where none has failed it does not wait:
   * AlertWatches does, once for all such scenarios.
   *
   * @param faultAt - milliseconds since 1970
   * @throws Error when it was blind, and to have seen nothing means nothing
   */
  async conclude(
    { alert }: Pick<Scenario, 'alert'>,
    { faultAt, hasFailed }: { readonly faultAt: number; readonly hasFailed: boolean },
  ): Promise<readonly SeenAlert[]> {
    if (alert !== undefined && alert !== 'any') {
      while (Date.now() < faultAt + ALERT_LIMIT_MS) {
        if (firstPage(alert, this.since(faultAt)) !== undefined) break;
        await pause(LOOK_MS);
      }
      await this.mustHaveSeen();
    } else if (hasFailed) await this.settle();
    return this.since(faultAt);
  }

  /**
   * Waits until every pod has been read, and every rule looked at after that.
   *
   * @throws Error when it was blind
   */
  private async settle(): Promise<void> {
    const after = async (moment: number, until: () => Promise<number>): Promise<void> => {
      await eventually(TURN_SECONDS, async () => {
        must((await until()) > moment, 'Prometheus has not read the pods and looked at its rules in time');
      });
    };
    await after(Date.now(), () => this.prometheus.readUntil());
    await after(Date.now(), () => this.prometheus.judgedUntil());
    // Somebody has asked after that.
    await pause(2 * LOOK_MS);
    await this.mustHaveSeen();
  }

  /** Ends it. */
  async end(): Promise<void> {
    this.over.abort();
    await this.looking;
    await this.prometheus.end();
  }

  /** @throws Error when it was blind, and to have seen nothing means nothing */
  private async mustHaveSeen(): Promise<void> {
    must(this.problem === undefined, this.problem ?? '');
    const broken = await this.prometheus.brokenRules();
    must(broken.length === 0, `Prometheus cannot evaluate ${broken.join(', ')}`);
    must(((await this.prometheus.value(READ)) ?? 0) > 0, 'Prometheus has read of no request');
  }

  private since(faultAt: number): readonly SeenAlert[] {
    const after = (at: number | undefined): number | undefined => (at === undefined ? at : at - faultAt);
    return [...this.first.values()].map(({ pendingAt, firingAt, ...alert }) => ({
      ...alert,
      pendingAfter: after(pendingAt),
      firingAfter: after(firingAt),
    }));
  }

  /** An answer that a busy machine owes says nothing; an alert that fires does so for longer than one turn. */
  private async lookOrMiss(): Promise<void> {
    try {
      await this.look();
      this.lookedAt = Date.now();
    } catch (error) {
      if (Date.now() - this.lookedAt > INTERVAL_SECONDS * 1000)
        this.problem ??= `nobody watched the alerts: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  private async look(): Promise<void> {
    for (const { labels, state } of await this.prometheus.alerts()) {
      const { alertname: name, severity, window } = labels;
      const key = `${name} ${severity} ${window}`;
      const seen = this.first.get(key) ?? { name, severity, window };
      this.first.set(key, seen);
      if (state === 'firing') seen.firingAt ??= Date.now();
      else seen.pendingAt ??= Date.now();
    }
  }

  private async findPods(): Promise<number> {
    const targets = targetsOf(this.monitors, await kubectl('get pods -o json', 20));
    this.prometheus.read(targets);
    return targets.length;
  }

  private async again(milliseconds: number, action: () => Promise<unknown>): Promise<void> {
    const { signal } = this.over;
    while (!signal.aborted) {
      await action();
      await pause(milliseconds, undefined, { signal }).catch(() => undefined);
    }
  }
}

const POLICY = 'read-from-outside';

/**
 * Lets this machine read the pods' metrics. In the café's own manifests the namespace of the Prometheus may, and nobody else.
 *
 * @returns what takes it back
 */
export async function admitPrometheus(): Promise<() => Promise<void>> {
  const ports = [...new Set(OPERATIONS_PORTS.values())].map((port) => ({ port, protocol: 'TCP' }));
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: POLICY, namespace: NAMESPACE },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ ports }],
    },
  };
  await run('kubectl apply -f -', { stdin: JSON.stringify(policy) });
  return async () => {
    await kubectl(`delete networkpolicy ${POLICY} --ignore-not-found`);
  };
}

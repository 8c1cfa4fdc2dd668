import { must } from '../../journal.js';
import type { Outcome } from '../outcome.js';
import { whenSeen } from './judgement.js';
import type { MonitoringManifests } from './manifests.js';
import { AlertWatch } from './watch.js';

/**
 * The Prometheus of each scenario: the last one's, as long as nothing has failed that it would count against those that come
 * after, because to start one and to have it read every pod takes half a minute.
 */
export class AlertWatches {
  private current: AlertWatch | undefined;

  constructor(private readonly monitoring: MonitoringManifests) {}

  /** One that reads every pod and has nothing to say. */
  async next(): Promise<AlertWatch> {
    if (!this.current) return (this.current = await AlertWatch.start(this.monitoring));
    try {
      await this.current.calm();
      return this.current;
    } catch (error) {
      await this.end();
      throw error;
    }
  }

  /** When the last scenario is over: of those for which it did not wait, because nothing failed, nothing may come late. */
  async conclude(): Promise<void> {
    const seen = (await this.current?.conclude({}, { faultAt: Date.now(), hasFailed: true })) ?? [];
    await this.end();
    must(seen.length === 0, seen.map(whenSeen).join('; '));
  }

  /** Keeps it for the next scenario, or ends it. */
  async after({ failedRequests, alerts }: Pick<Outcome, 'failedRequests' | 'alerts'>): Promise<void> {
    if (failedRequests > 0 || alerts?.length !== 0) await this.end();
  }

  async end(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    await current?.end();
  }
}

import { z } from 'zod';
import type { CheckState } from './readiness.js';

/** A neighbour that this service calls. It is reported, and never decides whether we are ready. */
export interface Dependency {
  readonly name: string;
  readonly state: CheckState;
}

const states = z.record(z.string(), z.object({ ok: z.boolean(), reason: z.string().optional() }));

/** What `/readyz` and `/health` say. */
export const healthBody = z.object({
  status: z.enum(['ready', 'not ready']),
  service: z.string(),
  version: z.string(),
  draining: z.boolean().meta({ description: 'Whether this process has been told to end. It still serves' }),
  checks: states,
  dependencies: states,
});
export type HealthBody = Readonly<z.output<typeof healthBody>>;

/** What is known of this process, and asked by the probes. */
export interface HealthSources {
  readonly service: string;
  readonly version: string;
  /** Why the start is not over, or nothing. */
  starting(): string | undefined;
  /** Whether it takes connections. */
  listening(): boolean;
  draining(): boolean;
  checks(): readonly { readonly name: string; readonly state: CheckState }[];
  dependencies(): readonly Dependency[];
}

/** The truth about this process, for the probes and for people. */
export class Health {
  constructor(private readonly sources: HealthSources) {}

  get started(): boolean {
    return this.sources.starting() === undefined;
  }

  get draining(): boolean {
    return this.sources.draining();
  }

  /** Whether this pod can serve now. Still true while it drains: see docs/decisions/readiness.md. */
  get ready(): boolean {
    return this.started && this.sources.listening() && this.sources.checks().every(({ state }) => state.ok);
  }

  get body(): HealthBody {
    const { service, version } = this.sources;
    const starting = this.sources.starting();
    const start = starting === undefined ? [] : [{ name: 'start', state: { ok: false, reason: starting } }];
    return {
      status: this.ready ? 'ready' : 'not ready',
      service,
      version,
      draining: this.draining,
      checks: byName([...start, ...this.sources.checks()]),
      dependencies: byName(this.sources.dependencies()),
    };
  }
}

const byName = (
  list: readonly { readonly name: string; readonly state: CheckState }[],
): Record<string, CheckState> => Object.fromEntries(list.map(({ name, state }) => [name, state]));

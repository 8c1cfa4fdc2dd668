import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { isDatabaseUnavailable, isOfSchema, REPLACED, SCHEMA } from './database-error.js';
import { applyAll, findHistory, type FoundHistory, type History } from './migration-history.js';
import type { Logger } from '../log.js';
import { errorMessage } from '../network/network-error.js';

/** What the schema is kept with. */
export interface KeptSchemaOptions {
  readonly history: History;
  /** Does something with a connection of its own, without our deadline. */
  readonly apart: (work: (sql: Sql) => Promise<void>) => Promise<void>;
  /** Told when the database turned out to be another one, as soon as it is up to date. */
  readonly replaced: () => void;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * A database without history is taken for an empty one when it still is after this: a restore that drops everything and
 * makes it anew is not met in the middle.
 */
const EMPTY_FOR_MS = 2000;
/** Between two looks whether it is still the same database. */
const LOOK_EVERY_MS = 1000;

/**
 * Holds a process to the database that it has migrated. Behind the same name may be another one at any time: restored,
 * emptied, on the wrong volume. Nobody is served from that before it has been brought up to date; one with a foreign history
 * serves nobody (docs/decisions/replaced-database.md).
 */
export class KeptSchema {
  private found: FoundHistory | undefined;
  private bringing: Promise<void> | undefined;
  private looked = 0;

  constructor(private readonly options: KeptSchemaOptions) {}

  /** Whether it is time to look at the database again. */
  get due(): boolean {
    return performance.now() - this.looked >= LOOK_EVERY_MS;
  }

  /** Brings the database up to date. A second caller joins the first. @throws why it cannot be */
  bring(): Promise<void> {
    this.bringing ??= this.apply().finally(() => (this.bringing = undefined));
    return this.bringing;
  }

  /**
   * Looks at a new connection, and brings its database up to date if it must.
   *
   * @returns which database it leads to
   * @throws Error with the code SCHEMA when it cannot be used
   */
  async admit(sql: Sql): Promise<string | undefined> {
    if (await this.isKnown(sql)) return this.found?.place;
    try {
      await this.bring();
    } catch (error) {
      throw isDatabaseUnavailable(error) ? error : coded(SCHEMA, error);
    }
    if (await this.isKnown(sql)) return this.found?.place;
    throw coded(REPLACED, new Error('its migrations were applied over other connections'));
  }

  /** Looks at a connection that serves. @throws Error with the code REPLACED when its database is another one now */
  async look(sql: Sql): Promise<void> {
    this.looked = performance.now();
    const found = await findHistory(sql, this.options.history);
    if (same(found, this.found)) return;
    const replaced = (reason: unknown): never => {
      throw coded(REPLACED, reason);
    };
    // A newer version beside this one has applied more, as in each rollout: nobody is bothered.
    if (found && found.place === this.found?.place) await this.bring().catch(replaced);
    else replaced(new Error('its history of migrations is another one'));
  }

  /** What a statement failed with, as it is told: no mistake when the schema is not the one that it was written for. */
  async judge(sql: Sql, error: unknown): Promise<unknown> {
    if (!isOfSchema(error)) return error;
    const sessionIsOld = errorMessage(error).includes('cached plan');
    const code = sessionIsOld || !(await this.isKnown(sql)) ? REPLACED : SCHEMA;
    return coded(code, error);
  }

  private async isKnown(sql: Sql): Promise<boolean> {
    return same(await findHistory(sql, this.options.history), this.found);
  }

  private async apply(): Promise<void> {
    const { apart, history, log, replaced, signal } = this.options;
    const before = this.found;
    await apart(async (sql) => {
      if (before && !(await findHistory(sql, history))) {
        log.warn(`the database is empty; migrations are applied when it still is after ${EMPTY_FOR_MS} ms`);
        await pause(EMPTY_FOR_MS, undefined, { signal });
      }
      await applyAll(sql, history, log);
      this.found = await findHistory(sql, history);
    });
    if (!before || before.place === this.found?.place) return;
    log.warn('the database is another one than before, and up to date');
    replaced();
  }
}

const same = (one: FoundHistory | undefined, other: FoundHistory | undefined): boolean =>
  one?.place === other?.place && one?.applied === other?.applied;

const coded = (code: string, cause: unknown): Error =>
  Object.assign(new Error(errorMessage(cause), { cause }), { code });

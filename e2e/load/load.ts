import { z } from 'zod';
import { Board } from './board.js';
import { Browser, type Door } from './browser.js';
import { Cooks } from './cooks.js';
import { Guests } from './guests.js';
import { Records } from './records.js';

/** What a screen for everybody shows of an order. */
const onScreen = z.object({ order_number: z.string(), status: z.string() });

/** Where guests and cooks come in. */
export interface Entrance {
  /** Of the frontend, without a path, such as `http://192.0.2.1`. */
  readonly origin: string;
  /** @default - where the origin leads */
  readonly door?: Door;
}

/** How much goes on in the café. */
export interface LoadOptions {
  /** @default 10 */
  readonly guestsPerSecond?: number;
  /** Pages of the kitchen. @default 3 */
  readonly cooks?: number;
  /** Screens on the wall. @default 2 */
  readonly screens?: number;
}

/** A full café: guests who order, cooks who cook what they ordered, and screens that show it. */
export class Load {
  readonly records = new Records();
  /** What the customers' names begin with; no two loads have the same. */
  readonly name = `load-${Date.now().toString(36)}`;
  private readonly guests: Guests;
  private readonly cooks: Cooks;
  private readonly screens: readonly Board<z.output<typeof onScreen>>[];

  constructor(
    { origin, door }: Entrance,
    { guestsPerSecond = 10, cooks = 3, screens = 2 }: LoadOptions = {},
  ) {
    const open = (): Browser => new Browser(origin, this.records, door);
    this.guests = new Guests(open, this.records, this.name, guestsPerSecond);
    this.cooks = new Cooks(open, this.records, this.name, cooks);
    this.screens = Array.from(
      { length: screens },
      () => new Board(open, this.records, 'display', false, onScreen),
    );
  }

  /** Nobody new comes, and every click that is under way ends. */
  async end(): Promise<Records> {
    await this.guests.end();
    await this.cooks.end();
    await Promise.all(this.screens.map((screen) => screen.close()));
    return this.records;
  }
}

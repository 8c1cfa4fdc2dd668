import { Problem } from '@cafe-lumiere/runtime/http';
import { LIMITS } from './limits.js';

/** So many at once, and then as many as flow in. */
interface Bucket {
  readonly left: number;
  readonly at: number;
}

const MINUTE_MS = 60_000;

/** How many orders a client may place, and all of them together. */
export class OrderLimit {
  private readonly clients = new Map<string, Bucket>();
  private all: Bucket | undefined;

  /**
   * @param perMinute - orders a minute from one client
   * @param now - milliseconds that never go back
   */
  constructor(
    private readonly perMinute: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Counts an order of a client, unless there is no answer to it, or one that says that it was not taken: who asks again
   * while nobody can take it has ordered nothing yet, and is not refused when somebody can.
   *
   * @throws Problem 429 with `Retry-After`, and then the order does not count
   */
  async counted<A extends { readonly status: number } | undefined>(
    client: string,
    place: () => Promise<A>,
  ): Promise<A> {
    this.take(client);
    let taken = false;
    try {
      const answer = await place();
      taken = answer !== undefined && answer.status < 500;
      return answer;
    } finally {
      if (!taken) this.giveBack(client);
    }
  }

  private take(client: string): void {
    const { allClients, ordersAtOnce } = LIMITS;
    const own = this.filled(this.clients.get(client), this.perMinute, ordersAtOnce);
    if (own.left < 1) throw tooMany(own, this.perMinute, 'Many orders come from here just now.');
    const all = this.filled(this.all, this.perMinute * allClients, ordersAtOnce * allClients);
    if (all.left < 1)
      throw tooMany(all, this.perMinute * allClients, 'The café has very many orders just now.');
    this.all = { ...all, left: all.left - 1 };
    // Deleted first, so that the map is in the order of the last use.
    this.clients.delete(client);
    this.clients.set(client, { ...own, left: own.left - 1 });
    const [oldest] = this.clients.keys();
    if (this.clients.size > LIMITS.clients && oldest !== undefined) this.clients.delete(oldest);
  }

  private giveBack(client: string): void {
    const own = this.clients.get(client);
    if (own) this.clients.set(client, { ...own, left: own.left + 1 });
    if (this.all) this.all = { ...this.all, left: this.all.left + 1 };
  }

  private filled(bucket: Bucket | undefined, perMinute: number, size: number): Bucket {
    const now = this.now();
    if (!bucket) return { left: size, at: now };
    return { left: Math.min(size, bucket.left + ((now - bucket.at) * perMinute) / MINUTE_MS), at: now };
  }
}

function tooMany({ left }: Bucket, perMinute: number, why: string): Problem {
  const seconds = Math.max(1, Math.ceil(((1 - left) * 60) / perMinute));
  return new Problem(429, {
    detail: `${why} Nothing is lost: send yours again in a moment.`,
    headers: { 'Retry-After': String(seconds) },
  });
}

import { STREAM_LIMITS } from '../http/limits.js';
import { Problem } from '../http/problem.js';

/** The numbers of {@link STREAM_LIMITS} that say how many streams there may be. */
export type PlaceLimits = Readonly<Record<'streams' | 'reservedStreams' | 'streamsOfOneClient', number>>;

/** Who may have a stream: so many in all, so many a client, and some that only those get for whom they are kept. */
export class StreamPlaces {
  private taken = 0;
  private unreserved = 0;
  private readonly byClient = new Map<string, number>();

  constructor(private readonly limits: PlaceLimits = STREAM_LIMITS) {}

  /**
   * Takes a place.
   *
   * @param client - whose streams are counted together
   * @param reserved - whether it may be one of those that are kept
   * @returns gives it back; a second time does nothing
   * @throws Problem 429 when this client has too many, 503 when there are too many in all
   */
  take(client: string, reserved: boolean): () => void {
    const { streams, reservedStreams, streamsOfOneClient } = this.limits;
    const own = this.byClient.get(client) ?? 0;
    if (own >= streamsOfOneClient) {
      throw new Problem(429, {
        detail: `${streamsOfOneClient} streams are open from your address already. Close one, or try again in a moment.`,
        headers: { 'Retry-After': retryAfter() },
      });
    }
    if (this.taken >= streams || (!reserved && this.unreserved >= streams - reservedStreams)) {
      throw Problem.unavailable('All places for streams are taken here. Try again in a moment.', {
        headers: { 'Retry-After': retryAfter() },
      });
    }
    this.count(client, reserved, 1);
    let held = true;
    return () => {
      if (held) this.count(client, reserved, -1);
      held = false;
    };
  }

  private count(client: string, reserved: boolean, change: 1 | -1): void {
    this.taken += change;
    if (!reserved) this.unreserved += change;
    const own = (this.byClient.get(client) ?? 0) + change;
    if (own === 0) this.byClient.delete(client);
    else this.byClient.set(client, own);
  }
}

/** Seconds; not the same for all who were refused together. */
const retryAfter = (): string => String(5 + Math.floor(Math.random() * 10));

import { lookup } from 'node:dns/promises';
import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { errorCode, errorMessage } from './network-error.js';

/** Asks for all addresses of a name. Rejects with Node's codes: ENOTFOUND when there is no such name. */
type Resolve = (name: string) => Promise<LookupAddress[]>;

/** As long as CoreDNS lets its answers be kept (https://coredns.io/plugins/kubernetes/, `ttl`), in milliseconds. */
const FRESH_MS = 5000;

/**
 * Remembers what names stand for. An address that was known a moment ago is used at once, and asked for again behind the
 * caller's back; only a name that is new, or that is gone, is waited for.
 *
 * Why not ask for each connection, as Node does: when the machine of one DNS pod of two is lost, every second question
 * waits 5 s for nothing, in one of the four threads that a process has for all of them, and no connection is made at all.
 * Measured in docs/decisions/services-on-a-lost-node.md. The address of a Service stays the same for its whole life.
 */
export class RememberedAddresses {
  private readonly known = new Map<string, { readonly addresses: LookupAddress[]; readonly at: number }>();
  private readonly asking = new Map<string, Promise<LookupAddress[]>>();

  /** @param now - milliseconds of a clock that never goes back */
  constructor(
    private readonly resolve: Resolve = (name) => lookup(name, { all: true }),
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** For `lookup` of `net.connect` and of what builds on it. */
  readonly lookup: LookupFunction = (name, options, callback) => {
    const known = this.known.get(name);
    if (known !== undefined) {
      if (this.now() - known.at >= FRESH_MS) void this.ask(name).catch(() => undefined);
      process.nextTick(answer, known.addresses, options, callback);
      return;
    }
    this.ask(name).then(
      (addresses) => {
        answer(addresses, options, callback);
      },
      (error: unknown) => {
        callback(Object.assign(new Error(errorMessage(error)), { code: errorCode(error) }), '');
      },
    );
  };

  /** One question at a time for each name. */
  private ask(name: string): Promise<LookupAddress[]> {
    const asking = this.asking.get(name) ?? this.askNow(name).finally(() => this.asking.delete(name));
    this.asking.set(name, asking);
    return asking;
  }

  private async askNow(name: string): Promise<LookupAddress[]> {
    try {
      const addresses = await this.resolve(name);
      this.known.set(name, { addresses, at: this.now() });
      return addresses;
    } catch (error) {
      // Somebody who knows has said that it is gone. Anything else says only that nobody answers.
      if (errorCode(error) === 'ENOTFOUND') this.known.delete(name);
      throw error;
    }
  }
}

function answer(
  addresses: LookupAddress[],
  { all = false }: LookupOptions,
  callback: Parameters<LookupFunction>[2],
): void {
  const [first] = addresses;
  if (all) callback(null, addresses);
  else callback(null, first?.address ?? '', first?.family);
}

/** What this process remembers. */
export const rememberedAddresses = new RememberedAddresses();

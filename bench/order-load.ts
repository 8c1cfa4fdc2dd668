import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who keep their connections, and send the next order when the last is answered. */
export const CLIENTS = 32;

const BODY = JSON.stringify({
  customer_name: 'Ada',
  items: [
    { id: 1, name: 'Espresso', price: 3.5, quantity: 2 },
    { id: 19, name: 'Margherita', price: 12.99, quantity: 1 },
  ],
  total_price: 19.99,
});

/** Each order with a key of its own; what `done` prints is read below. */
const GUESTS = `local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init()
  orders = 0
  math.randomseed(os.time() + number)
  run = math.random(1000000000)
  wrk.method, wrk.body = "POST", [[${BODY}]]
  wrk.headers["content-type"] = "application/json"
end
function request()
  orders = orders + 1
  wrk.headers["idempotency-key"] = run .. "-" .. number .. "-" .. orders
  return wrk.format()
end
function done(summary, latency)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  print("result", summary.requests, summary.duration, errors.status, broken,
    latency:percentile(50), latency:percentile(99))
end
`;

/** What guests got; times in milliseconds. */
interface Served {
  /** Orders that were answered with 201, each second. */
  readonly perSecond: number;
  /** Orders that were answered with something else. */
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * `wrk`, because it costs an order what `pgbench` does: a client in Node took as much of the processors as the service.
 * https://github.com/wg/wrk/blob/master/SCRIPTING
 */
export class OrderLoad {
  private readonly script: string;

  /** @param folder - in which it may write */
  constructor(
    folder: string,
    private readonly seconds: number,
  ) {
    this.script = join(folder, 'orders.lua');
    writeFileSync(this.script, GUESTS);
  }

  /** Orders for a while. @throws Error when an order was not answered at all */
  at(url: string): Served {
    const { stdout, stderr, error } = spawnSync(
      'wrk',
      ['-t', '2', '-c', String(CLIENTS), '-d', `${this.seconds}s`, '-s', this.script, `${url}/orders`],
      { encoding: 'utf8' },
    );
    if (error) throw new Error(`wrk does not start (${error.message}). On Debian: apt-get install wrk.`);
    const [requests, microseconds, refused, broken, p50, p99] = (/^result\s+(.*)$/m.exec(stdout)?.[1] ?? '')
      .split(/\s+/)
      .map(Number);
    if (!requests || !microseconds || refused === undefined || p50 === undefined || p99 === undefined)
      throw new Error(`wrk failed:\n${stdout}${stderr}`);
    if (broken !== 0) throw new Error(`${url}: ${broken} of ${requests} orders were not answered`);
    const perSecond = ((requests - refused) / microseconds) * 1e6;
    return { perSecond, refused, p50: p50 / 1000, p99: p99 / 1000 };
  }
}

import { NAMESPACE, rolledOut } from '../cluster.js';
import { attempt, run } from '../command.js';
import { frontendAddress } from '../frontend-address.js';
import { eventually, type Journal, must } from '../journal.js';
import { liveAnOrder, type Order, placeOrder, readOrder } from '../order-life.js';

/** So many orders are placed each time. */
const ORDERS = 10;

/** Every order that was accepted since the beginning; none may be lost, whatever the controllers are told. */
export class PlacedOrders {
  private readonly orders: Order[] = [];

  constructor(private readonly journal: Journal) {}

  /** The café is there: each order so far is found as it was, one lives its life, and some more are placed. */
  async expectAll(): Promise<void> {
    await this.journal.step('every Deployment is rolled out, and the database is ready', async () => {
      // A controller makes them one after the other.
      await eventually(180, () => rolledOut(180));
    });
    const frontend = await frontendAddress();
    const { url } = frontend;
    try {
      await this.journal.step(`all ${this.orders.length} orders so far are as they were`, () =>
        eventually(120, async () => {
          for (const before of this.orders) {
            const after = await readOrder(url, before.order_number);
            must(
              JSON.stringify(after) === JSON.stringify(before),
              `it was ${JSON.stringify(before)}, it is ${JSON.stringify(after)}`,
            );
          }
        }),
      );
      await this.journal.step(`${ORDERS} more are placed, and one lives its life`, async () => {
        await eventually(60, () => liveAnOrder(url, 'gitops'));
        for (let count = 0; count < ORDERS; count += 1) this.orders.push(await placeOrder(url, 'gitops'));
      });
    } finally {
      frontend.close();
    }
  }

  /** The services are gone, and what holds the orders is not: the Namespace, the claim, and its volume. */
  async expectOnlyData(): Promise<void> {
    await this.journal.step('the services are gone; the Namespace and the claim are not', async () => {
      await eventually(120, async () => {
        const left = (await run(`kubectl -n ${NAMESPACE} get deployments -o name`)).trim();
        must(left === '', `still there: ${left}`);
      });
      const { code, stderr } = await attempt(
        `kubectl wait namespace/${NAMESPACE} --for=jsonpath='{.status.phase}'=Active --timeout=1s`,
      );
      must(code === 0, `the Namespace ${NAMESPACE} is not there any more, or on its way out: ${stderr}`);
      const claims = await run(
        `kubectl -n ${NAMESPACE} get pvc -o jsonpath='{range .items[*]}{.metadata.name} {.status.phase} {.metadata.deletionTimestamp}{"\\n"}{end}'`,
      );
      must(/^data-\S+ Bound \s*$/m.test(claims), `no claim is bound, and none of them may go: ${claims}`);
    });
  }
}

import { type FrontendAddress, frontendAddress } from './frontend-address.js';
import { kubectl, pods, readyPod } from './cluster.js';
import { type Journal, must } from './journal.js';
import { liveAnOrder } from './order-life.js';

/** The checks of the deployment guide, which `make verify` runs for a user and the cluster tests run for us. */
export async function followTheGuide(journal: Journal): Promise<FrontendAddress> {
  await journal.step('kubectl get pods -l app=order-service shows two ready pods', async () => {
    const found = await pods('app=order-service');
    const ready = found.filter(({ readySince }) => readySince !== undefined);
    must(ready.length === 2, `${ready.length} of ${found.length} pods are ready, not 2 of 2`);
  });
  await journal.step('an order pod’s own health is ready', async () => {
    const { name } = await readyPod('order-service');
    expectReady(await kubectl(`exec ${name} -- curl -sS http://localhost:5001/health`));
  });
  await journal.step('a kitchen pod reaches order-service by its name', async () => {
    const { name } = await readyPod('kitchen-service');
    expectReady(await kubectl(`exec ${name} -- curl -sS http://order-service:5001/health`));
  });
  const frontend = await journal.step('the frontend has an address', frontendAddress);
  journal.note(`${frontend.url} (${frontend.through})`);
  await journal.step('an order is placed, started, made ready and served there', () =>
    liveAnOrder(frontend.url, 'make verify'),
  );
  return frontend;
}

function expectReady(body: string): void {
  const parsed: unknown = JSON.parse(body);
  const ready =
    typeof parsed === 'object' && parsed !== null && 'status' in parsed && parsed.status === 'ready';
  must(ready, `/health does not say "ready": ${body}`);
}

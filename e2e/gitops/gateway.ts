import { setTimeout as pause } from 'node:timers/promises';
import { rolledOut } from '../cluster.js';
import { putBehindGateway } from '../faults/synthesize-changed.js';
import { Certificate } from '../gateway/certificate.js';
import { gatewayEntrance } from '../gateway/gateway-entrance.js';
import type { Journal } from '../journal.js';
import { Load } from '../load/load.js';
import type { GitOps, Surroundings } from './controller.js';
import type { GatewayEvent } from './gateway-events.js';
import { expectWhole } from './served.js';

/** So long the load goes on before the first event, and after the last one: streams are open, pods drain. */
const CALM_MS = 4000;

/** `dist` becomes the café behind a Gateway of its own. */
export async function prepareGateway(
  journal: Journal,
  workspace: string,
  events: readonly GatewayEvent[],
): Promise<void> {
  await journal.step('$ npx cdk8s synth, behind a Gateway', () => putBehindGateway(workspace));
  for (const { name, prepare } of events) {
    if (prepare) await journal.step(`what "${name}" needs`, () => prepare(workspace));
  }
  await journal.step('a certificate for the café', () => new Certificate(workspace).begin());
}

/** What happens on a normal day behind a Gateway that ends TLS, by commits alone and under load. */
export async function gateway(
  journal: Journal,
  controller: GitOps,
  surroundings: Surroundings,
  events: readonly GatewayEvent[],
): Promise<void> {
  const { source, workspace } = surroundings;
  journal.heading(`${controller.title}: under load, through the gateway with TLS`);
  const certificate = new Certificate(workspace);
  const entrance = await journal.step('the Gateway has an address, and the café is open', async () => {
    await rolledOut(180);
    return gatewayEntrance(certificate);
  });
  const { address } = entrance.door;
  const load = new Load(entrance);
  const applied = (): Promise<void> => controller.applied(surroundings);
  const commit = async (message: string, folder?: string): Promise<void> => {
    await source.bringDist(message, folder);
    await controller.lookAgain(surroundings);
  };
  try {
    await pause(CALM_MS);
    for (const { title, run: happen } of events) {
      await journal.step(title, () =>
        happen({ address, certificate, controller, surroundings, commit, applied }),
      );
    }
    await pause(CALM_MS);
  } finally {
    await load.end();
  }
  await expectWhole(journal, load);
}

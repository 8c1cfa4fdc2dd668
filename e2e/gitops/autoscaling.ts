import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { kubectl, rolledOut } from '../cluster.js';
import { changedFolder, synthesizeChanged } from '../faults/synthesize-changed.js';
import { Certificate } from '../gateway/certificate.js';
import { gatewayEntrance } from '../gateway/gateway-entrance.js';
import { eventually, type Journal, must } from '../journal.js';
import { Load } from '../load/load.js';
import { expectWhole } from './served.js';
import { everything, ownersOfReplicas, writes, writesOfOthers } from './writes.js';

/** Guests a second who are there all the time, and in each group of those who come for a while. */
const FEW = 0.5;
const GROUP = 4;
const GROUPS = 3;
/** About as often as an autoscaler looks. */
const BETWEEN_GROUPS_MS = 20_000;

/** `dist` becomes the café behind a Gateway of its own, with an autoscaler for each service. */
export async function prepareAutoscaling(journal: Journal, workspace: string): Promise<void> {
  await journal.step(
    '$ npx cdk8s synth, behind a Gateway and with an autoscaler for each service',
    async () => {
      await synthesizeChanged('gateway-autoscaler', workspace);
      cpSync(
        join(workspace, changedFolder('gateway-autoscaler'), 'deployments.yaml'),
        join(workspace, 'dist', 'deployments.yaml'),
      );
    },
  );
  await journal.step('a certificate for the café', () => new Certificate(workspace).begin());
}

/** Two pods of each service to five by a crowd and to two again, by nobody but the autoscaler; then nobody writes anything. */
export async function autoscaling(
  journal: Journal,
  title: string,
  workspace: string,
  quietMinutes: number,
): Promise<void> {
  journal.heading(`${title}: two pods of each service, five in a crowd, and two again`);
  await journal.step('the autoscalers read what the pods use', async () => {
    await eventually(180, () => rolledOut(180));
    await kubectl('wait hpa --all --for=condition=ScalingActive --timeout=180s');
    await pods(2, 240);
  });
  const entrance = await gatewayEntrance(new Certificate(workspace));
  const before = await everything();
  const guests = new Load(entrance, { guestsPerSecond: FEW, cooks: 1, screens: 1 });
  const loads = [guests];
  try {
    const crowd: Load[] = [];
    await journal.step(
      `${GROUPS} groups of ${GROUP} guests a second, one after the other: five pods of each`,
      async () => {
        for (let group = 0; group < GROUPS; group += 1) {
          // Each page reads anew whenever an order changes: a page more is more work than a guest more.
          const load = new Load(entrance, { guestsPerSecond: GROUP, cooks: 1, screens: 0 });
          crowd.push(load);
          loads.push(load);
          await pause(BETWEEN_GROUPS_MS);
        }
        await pods(5, 240);
      },
    );
    await Promise.all(crowd.map((load) => load.end()));
    await journal.step(`the crowd is gone, ${FEW} a second goes on: two pods of each`, () => pods(2, 300));
  } finally {
    await Promise.all(loads.map((load) => load.end()));
  }
  await journal.step(
    'nobody but the autoscaler has written anything, and nobody else owns the number of pods',
    async () => {
      const after = await everything();
      const others = writesOfOthers(before, after);
      must(others.length === 0, `others have written:\n${others.join('\n')}`);
      const owners = ownersOfReplicas(after);
      // Where nobody has declared it, Kubernetes 1.35 notes nobody who scales either.
      const strangers = owners.filter((owner) => !owner.endsWith(': kube-controller-manager/scale'));
      must(strangers.length === 0, `the number of pods is owned by ${strangers.join(', ')}`);
    },
  );
  await quiet(journal, quietMinutes);
  for (const load of loads) await expectWhole(journal, load);
}

/** Nothing but status is written for some minutes. */
async function quiet(journal: Journal, minutes: number): Promise<void> {
  const before = await everything();
  await journal.step(`for ${minutes} minutes nothing but status is written`, async () => {
    await pause(minutes * 60_000);
    const found = writes(before, await everything());
    must(found.length === 0, `written:\n${found.join('\n')}`);
  });
  journal.note(`${before.length} objects were looked at`);
}

const deployments = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ replicas: z.number() }),
      status: z.object({ replicas: z.number().default(0), availableReplicas: z.number().default(0) }),
    }),
  ),
});

/** Waits until each service has so many pods, all of them available. */
async function pods(count: number, seconds: number): Promise<void> {
  await eventually(
    seconds,
    async () => {
      const json: unknown = JSON.parse(await kubectl('get deployments -o json'));
      const others = deployments
        .parse(json)
        .items.filter(({ spec, status }) =>
          [spec.replicas, status.replicas, status.availableReplicas].some((number) => number !== count),
        )
        .map(
          ({ metadata, spec, status }) => `${metadata.name}: ${status.availableReplicas} of ${spec.replicas}`,
        );
      must(
        others.length === 0,
        `not ${count} pods of each: ${others.join(', ')}\n${await kubectl('get hpa')}`,
      );
    },
    2000,
  );
}

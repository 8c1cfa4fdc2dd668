import { setTimeout as pause } from 'node:timers/promises';
import { run } from '../command.js';
import { missingNodeCommands, toNode } from '../faults/node-commands.js';
import { eventually, must } from '../journal.js';
import { DatabaseLedger } from './ledger.js';
import type { DatabaseScenario } from './scenario.js';

/** Kubernetes' own word for a node whose power is off for sure: https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown */
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** The database's node loses its power. Nobody but an operator can say that it is off, and not only out of reach. */
export const loseANode: DatabaseScenario = {
  name: 'node',
  title: 'A node without power',
  cannot: () => missingNodeCommands(['stop', 'start']),
  run: async (journal, { release }) => {
    await release.ensure();
    const { uid, node } = await release.readyPod();
    must(node !== undefined, 'the pod has no node');
    const ledger = new DatabaseLedger(release);
    await journal.step('a client on another node writes numbered rows', () => ledger.open(node));
    await pause(3000);
    try {
      await journal.step(`the power of ${node} fails, and Kubernetes notices`, async () => {
        await toNode('stop', node);
        await eventually(120, async () => {
          const ready = await run(
            `kubectl get node ${node} --output 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'`,
          );
          must(ready !== 'True', `${node} is still ready`);
        });
      });
      await journal.step(
        'evicted, as Kubernetes does after five minutes, it stays Terminating, and there is no second PostgreSQL: the node may only be out of reach',
        async () => {
          await release.kubectl(`delete pod ${release.name}-0 --wait=false`);
          for (let second = 0; second < 15; second += 1) {
            must((await release.pod())?.uid === uid, 'the pod is gone, or another was made');
            await pause(1000);
          }
        },
      );
      const seconds = await journal.step(
        `$ kubectl taint node ${node} ${OUT_OF_SERVICE}=nodeshutdown:NoExecute; the next row is acknowledged`,
        async () => {
          const started = Date.now();
          await run(`kubectl taint node ${node} ${OUT_OF_SERVICE}=nodeshutdown:NoExecute`);
          await ledger.waitForOneMore(240);
          return (Date.now() - started) / 1000;
        },
      );
      const after = await release.readyPod();
      must(after.uid !== uid && after.node !== node, `the pod is on ${String(after.node)}`);
      journal.note(`on ${String(after.node)}, ${seconds.toFixed(0)} s after the taint`);
    } finally {
      await journal.step(`${node} has power again, and the taint is taken away`, async () => {
        await toNode('start', node);
        await eventually(180, () => run(`kubectl wait --for=condition=Ready node/${node} --timeout=1s`));
        await run(`kubectl taint node ${node} ${OUT_OF_SERVICE}-`);
      });
    }
    await journal.step('the database stays where it is', async () => {
      const before = await release.readyPod();
      await pause(5000);
      must((await release.readyPod()).uid === before.uid, 'the pod is another');
    });
    const rows = await journal.step('every acknowledged row is there', () => ledger.close());
    journal.note(`${rows} rows, none lost`);
  },
};

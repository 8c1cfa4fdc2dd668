import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { imageOf } from '../../images/image-lock.js';
import { SERVICE_NAMES } from '../cluster.js';
import { attempt, run } from '../command.js';
import { eventually, lastLine, must } from '../journal.js';
import { orderBody } from '../order-life.js';
import { imageTag } from '../../images/image-lock.js';
import { cafeWith } from './external-cafe.js';
import { ExternalServer } from './external-server.js';
import type { DatabaseScenario } from './scenario.js';

/** The café's services against a PostgreSQL that somebody else runs, over TLS with a private authority. */
export const connectToAnExternalDatabase: DatabaseScenario = {
  name: 'external',
  title: 'A database that somebody else runs',
  cannot: async () => {
    const image = imageOf()('order-service');
    const { code } = await attempt(`docker manifest inspect --insecure ${image}`);
    if (code !== 0) return `${image} was not pushed; "make images push" does that`;
    const { code: without } = await attempt('openssl version');
    return without === 0 ? undefined : 'openssl is not there to make certificates';
  },
  run: async (journal, { namespace, release }) => {
    await release.ensure();
    const apart = `${namespace}-external`;
    const folder = mkdtempSync(join(tmpdir(), 'cafe-external-'));
    const kubectl = (words: string, stdin = ''): Promise<string> =>
      run(`kubectl --namespace ${apart} ${words}`, { stdin });
    const server = new ExternalServer(namespace, folder);
    try {
      const address = await journal.step('a plain PostgreSQL that takes nothing but TLS', async () =>
        server.start(await release.image()),
      );
      await journal.step('the café is told where it is; the password is in the cluster', async () => {
        await run(`kubectl create namespace ${apart}`);
        await kubectl(
          `create secret generic cafe-secrets --from-literal=DB_PASSWORD=${ExternalServer.password}`,
        );
        await kubectl(
          `create configmap database-ca --from-file=ca.pem=${await server.makeAuthority('another')}`,
        );
        const database = {
          host: server.host,
          networks: [`${address}/32`],
          tls: { ca: { configMap: 'database-ca', key: 'ca.pem' } },
        };
        const cafe = cafeWith(database, apart, await pushedImages());
        await run('kubectl apply --filename -', { stdin: JSON.stringify(cafe) });
      });
      const refused = await journal.step(
        'an authority that did not sign its certificate: the gate says so',
        () =>
          eventually(120, async () => {
            const said = lastLine(
              await kubectl('logs --selector app=order-service --container wait-for-postgres --tail=1'),
            );
            must(said.includes('certificate'), `the gate says: ${said}`);
            return said;
          }),
      );
      journal.note(refused);
      await journal.step('with the right one every service is ready', async () => {
        await kubectl('delete configmap database-ca');
        await kubectl(`create configmap database-ca --from-file=ca.pem=${server.authority}`);
        await kubectl('delete pods --selector app=order-service --wait=false');
        for (const name of SERVICE_NAMES) {
          await kubectl(`rollout status deployment/${name} --timeout=180s`);
        }
      });
      const number = await journal.step('an order is placed and read back through the frontend', async () => {
        const post = `curl -sS --fail-with-body http://frontend/api/orders -H content-type:application/json --data @-`;
        // The frontend's own pod: the policies let nobody else ask.
        const said = await kubectl(
          'exec --stdin deployment/frontend -- ' + post.replace('http://frontend', 'http://localhost:5000'),
          orderBody('external'),
        );
        const found = /"order_number":"([^"]+)"/.exec(said)?.[1];
        must(found !== undefined, `the frontend answers: ${said}`);
        const read = await kubectl(
          `exec deployment/frontend -- curl -sS http://localhost:5000/api/orders/${found}`,
        );
        must(read.includes(found), `the frontend answers: ${read}`);
        return found;
      });
      await journal.step(
        'it is in that database, and every connection of the café is encrypted',
        async () => {
          must(
            (await server.sql('select order_number from orders')).includes(number),
            `${number} is not there`,
          );
          const open = await server.sql(
            "select ssl, count(*) from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'cafe' group by 1",
          );
          must(/^t\|\d+$/.test(open), `connections by whether they are encrypted: ${open}`);
        },
      );
      await journal.step('a certificate for another name: a new pod does not get past the gate', async () => {
        await server.certify('another.example.com');
        await pause(1000);
        await kubectl('delete pods --selector app=order-service --wait=false');
        const said = await eventually(120, async () => {
          const lines = await kubectl(
            'logs --selector app=order-service --container wait-for-postgres --tail=1',
          );
          // Of all pods, one of which still ends.
          const refusal = lines.split('\n').find((line) => line.includes('another.example.com'));
          must(refusal !== undefined, `the gate says: ${lines}`);
          return refusal;
        });
        journal.note(said);
      });
    } finally {
      rmSync(folder, { recursive: true });
      await run(`kubectl delete namespace ${apart} --ignore-not-found --timeout=180s`);
    }
  },
};

/** What `make push` has pushed last, by digest. */
async function pushedImages(): Promise<ReadonlyMap<string, string>> {
  const digest = (name: string): Promise<string> =>
    run(`docker image inspect --format '{{index .RepoDigests 0}}' ${imageTag(name)}`);
  return new Map(
    await Promise.all(SERVICE_NAMES.map(async (name) => [name, (await digest(name)).trim()] as const)),
  );
}

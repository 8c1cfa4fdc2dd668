import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { kubectl, NAMESPACE, rolledOut } from '../cluster.js';
import { run } from '../command.js';
import { changedFolder, synthesizeChanged } from '../faults/synthesize-changed.js';
import { eventually, type Journal, must } from '../journal.js';
import { Load } from '../load/load.js';
import type { GitOps, Surroundings } from './controller.js';
import { expectWhole } from './served.js';

const NAME = 'cafe.example.com';
const SECRET = 'cafe-tls';
const BROKEN = 'build/broken';

/** `dist` becomes the café behind a Gateway of its own, and one with another configuration, and one whose image is nowhere. */
export async function prepareGateway(journal: Journal, workspace: string): Promise<void> {
  await journal.step('$ npx cdk8s synth, behind a Gateway', async () => {
    for (const change of ['gateway', 'gateway-configuration'] as const)
      await synthesizeChanged(change, workspace);
    const manifests = (folder: string): string => join(workspace, folder, 'deployments.yaml');
    cpSync(manifests(changedFolder('gateway')), manifests('dist'));
    mkdirSync(join(workspace, BROKEN), { recursive: true });
    writeFileSync(
      manifests(BROKEN),
      readFileSync(manifests('dist'), 'utf8').replaceAll(
        /(order-service:\S+@sha256:)\w{64}/g,
        `$1${'0'.repeat(64)}`,
      ),
    );
  });
  await journal.step('a certificate for the café', async () => {
    const folder = join(workspace, 'build', 'tls');
    mkdirSync(folder, { recursive: true });
    await run(`kubectl create namespace ${NAMESPACE}`);
    await certify(folder);
  });
}

/** A new certificate of the same authority, into the Secret. */
async function certify(folder: string): Promise<void> {
  const inFolder = (line: string) => run(line, { cwd: folder });
  await inFolder(
    `[ -f ca.crt ] || openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=e2e -keyout ca.key -out ca.crt`,
  );
  await inFolder(
    `openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${NAME} -CA ca.crt -CAkey ca.key ` +
      `-addext subjectAltName=DNS:${NAME} -addext basicConstraints=critical,CA:FALSE -keyout tls.key -out tls.crt`,
  );
  await inFolder(
    `kubectl -n ${NAMESPACE} create secret tls ${SECRET} --cert=tls.crt --key=tls.key --dry-run=client -o yaml | kubectl apply -f -`,
  );
}

/** What happens on a normal day behind a Gateway that ends TLS, by commits alone and under load. */
export async function gateway(
  journal: Journal,
  { title, lookAgain, applied }: GitOps,
  surroundings: Surroundings,
): Promise<void> {
  const { source, workspace } = surroundings;
  journal.heading(`${title}: under load, through the gateway with TLS`);
  const address = await journal.step('the Gateway has an address, and the café is open', async () => {
    await rolledOut(180);
    return eventually(120, async () => {
      const found = await kubectl(`get gateway frontend -o jsonpath='{.status.addresses[0].value}'`);
      must(found !== '', 'the Gateway has no address yet');
      return found;
    });
  });
  const tls = join(workspace, 'build', 'tls');
  const ca = readFileSync(join(tls, 'ca.crt'), 'utf8');
  const load = new Load(`https://${NAME}`, { door: { address, ca } });
  const commit = async (message: string, folder?: string): Promise<void> => {
    await source.bringDist(message, folder);
    await lookAgain(surroundings);
  };
  try {
    await pause(4000);
    await journal.step('a commit with another configuration: two services roll', async () => {
      await commit('Another configuration', changedFolder('gateway-configuration'));
      await applied(surroundings);
    });
    await journal.step('its revert', async () => {
      await commit('Revert "Another configuration"');
      await applied(surroundings);
    });
    await journal.step('a commit whose image is nowhere: the old pods serve', async () => {
      const before = await generation('order-service');
      await commit('An image that is nowhere', BROKEN);
      await eventually(60, async () => {
        must((await generation('order-service')) > before, 'the Deployment is not changed yet');
      });
      await pause(15_000);
    });
    await journal.step('its revert', async () => {
      await commit('Revert "An image that is nowhere"');
      await applied(surroundings);
    });
    await journal.step('a renewed certificate', async () => {
      await certify(tls);
      await pause(5000);
    });
    await journal.step('the gateway itself is rolled out anew', async () => {
      await run('kubectl -n traefik rollout restart deployment/traefik');
      await run('kubectl -n traefik rollout status deployment/traefik --timeout=180s');
      // Each old pod drains for a while.
      await pause(15_000);
    });
  } finally {
    await load.end();
  }
  await expectWhole(journal, load);
}

const generation = async (deployment: string): Promise<number> =>
  Number(await kubectl(`get deployment ${deployment} -o jsonpath='{.metadata.generation}'`));

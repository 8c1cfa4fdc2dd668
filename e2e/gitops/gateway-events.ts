import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { kubectl, NAMESPACE, RELEASE, SERVICE_NAMES } from '../cluster.js';
import { run } from '../command.js';
import { BROKEN_VERSIONS } from '../faults/broken-versions.js';
import { mustStillServe, podNames } from '../faults/cafe-state.js';
import {
  changedFolder,
  NEW_VERSION,
  synthesizeChanged,
  synthesizeNewVersion,
} from '../faults/synthesize-changed.js';
import type { Certificate } from '../gateway/certificate.js';
import { TRAEFIK, traefikMustEndGently } from '../gateway/traefik.js';
import { eventually, must } from '../journal.js';
import type { GitOps, Surroundings } from './controller.js';

const BROKEN = 'build/broken';
/** Longer than a commit is under way otherwise, in milliseconds. */
const AWAY_MS = 60_000;

/** What an event works with. */
interface Day {
  /** Of the Gateway. */
  readonly address: string;
  readonly certificate: Certificate;
  readonly controller: GitOps;
  readonly surroundings: Surroundings;
  /** Brings `dist`, or the manifests of another folder, and the controller looks. */
  readonly commit: (message: string, folder?: string) => Promise<void>;
  /** Waits until the newest is applied and healthy. */
  readonly applied: () => Promise<void>;
}

/** Something that happens to a café behind a Gateway, and that no guest may notice. */
export interface GatewayEvent {
  readonly name: string;
  readonly title: string;
  /** Before the café is there. @default - needs nothing */
  readonly prepare?: (workspace: string) => Promise<void>;
  readonly run: (day: Day) => Promise<void>;
}

/** All of them, in the order in which they happen. */
const GATEWAY_EVENTS: readonly GatewayEvent[] = [
  {
    name: 'version',
    title: 'a commit with a new version of all images, and its revert',
    prepare: (workspace) => synthesizeNewVersion(workspace, 'gateway'),
    run: (day) => forthAndBack(day, 'A new version', NEW_VERSION),
  },
  {
    name: 'configuration',
    title: 'a commit with another configuration, and its revert: two services roll',
    prepare: (workspace) => synthesizeChanged('gateway-configuration', workspace),
    run: (day) => forthAndBack(day, 'Another configuration', changedFolder('gateway-configuration')),
  },
  {
    name: 'broken',
    title:
      'a commit with three broken versions, an image that is not there, one that crashes, one that never answers, and its revert',
    prepare: breakVersions,
    run: async ({ commit, applied }) => {
      const before = await podNames();
      const old = await generations();
      await commit('Three broken versions', BROKEN);
      await eventually(120, async () => {
        const now = await generations();
        for (const name of SERVICE_NAMES)
          must(now.get(name) !== old.get(name), `the Deployment ${name} is not changed yet`);
      });
      await pause(15_000);
      await mustStillServe(before);
      await commit('Revert "Three broken versions"');
      await applied();
    },
  },
  {
    name: 'password',
    title: 'the database’s password is rotated, and back',
    prepare: (workspace) => synthesizeChanged('gateway-password', workspace),
    run: async (day) => {
      for (const [message, folder] of [
        ['Rotate the password', changedFolder('gateway-password')],
        ['Revert "Rotate the password"', 'dist'],
      ] as const) {
        await upgradeByHand(day.surroundings, folder);
        await day.commit(message, folder);
        await day.applied();
      }
    },
  },
  {
    name: 'certificate',
    title: 'a renewed certificate',
    run: async ({ address, certificate }) => {
      await certificate.renew();
      await eventually(60, () => certificate.mustBeServed(address));
    },
  },
  {
    name: 'gateway',
    title: 'the gateway itself is rolled out anew',
    prepare: traefikMustEndGently,
    run: async () => {
      await run(`kubectl ${TRAEFIK} rollout restart deployment/traefik`);
      await run(`kubectl ${TRAEFIK} rollout status deployment/traefik --timeout=180s`);
      // Each old pod drains for a while.
      await eventually(90, async () => {
        const ending = await run(
          `kubectl ${TRAEFIK} get pods -o jsonpath='{.items[*].metadata.deletionTimestamp}'`,
        );
        must(ending === '', `pods of the gateway are still ending, since ${ending}`);
      });
    },
  },
  {
    name: 'controller',
    title: `the controller is away for ${AWAY_MS / 1000} s, with a commit meanwhile; back, it applies it, and the revert`,
    prepare: (workspace) => synthesizeChanged('gateway-configuration', workspace),
    run: async ({ controller, surroundings, commit, applied }) => {
      const { namespace, workloads } = controller.itself;
      const scale = (replicas: number): Promise<string> =>
        run(`kubectl -n ${namespace} scale ${workloads.join(' ')} --replicas=${replicas}`);
      const old = await generations();
      try {
        await scale(0);
        await surroundings.source.bringDist('While nobody looks', changedFolder('gateway-configuration'));
        await pause(AWAY_MS);
        must(
          JSON.stringify([...(await generations())]) === JSON.stringify([...old]),
          'somebody has changed a Deployment while the controller was away',
        );
      } finally {
        await scale(1);
      }
      for (const workload of workloads)
        await run(`kubectl -n ${namespace} rollout status ${workload} --timeout=180s`);
      await controller.lookAgain(surroundings);
      await applied();
      await commit('Revert "While nobody looks"');
      await applied();
    },
  },
];

/** What each event is called. */
export const GATEWAY_EVENT_NAMES: readonly string[] = GATEWAY_EVENTS.map(({ name }) => name);

/** @throws Error that lists what there is */
export function gatewayEvents(words: string): readonly GatewayEvent[] {
  const names = words.split(/\s+/).filter(Boolean);
  const strange = names.find((name) => !GATEWAY_EVENT_NAMES.includes(name));
  must(
    strange === undefined,
    `there is no event "${strange ?? ''}"; there are: ${GATEWAY_EVENT_NAMES.join(', ')}`,
  );
  return GATEWAY_EVENTS.filter(({ name }) => names.length === 0 || names.includes(name));
}

async function forthAndBack({ commit, applied }: Day, what: string, folder: string): Promise<void> {
  await commit(what, folder);
  await applied();
  await commit(`Revert "${what}"`);
  await applied();
}

/** `dist`, with a version of each service that does not come up. */
function breakVersions(workspace: string): Promise<void> {
  const documents = parseAllDocuments(readFileSync(join(workspace, 'dist', 'deployments.yaml'), 'utf8'));
  for (const document of documents) {
    if (document.get('kind') !== 'Deployment') continue;
    const change = BROKEN_VERSIONS[String(document.getIn(['metadata', 'name']))] ?? {};
    for (const [field, value] of Object.entries(change))
      document.setIn(['spec', 'template', 'spec', 'containers', 0, field], value);
  }
  mkdirSync(join(workspace, BROKEN), { recursive: true });
  writeFileSync(join(workspace, BROKEN, 'deployments.yaml'), documents.map(String).join(''));
  return Promise.resolve();
}

/** Where no controller installs the chart, its password is changed by hand, before the services' one. */
async function upgradeByHand({ pointers, workspace }: Surroundings, folder: string): Promise<void> {
  const byController = pointers.some(({ kind }) => kind === 'HelmRelease' || kind === 'Application');
  if (byController) return;
  await run(`helm upgrade ${RELEASE} ${folder}/helm/postgresql -n ${NAMESPACE} --wait --timeout 3m`, {
    cwd: workspace,
  });
  // The kubelet looks at once, and not within three minutes: docs/deployment.md.
  await kubectl(`annotate pod ${RELEASE}-0 --overwrite looked-at="$(date)"`);
}

const deployments = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string(), generation: z.number() }) })),
});

/** How often each Deployment was changed, by its name. */
async function generations(): Promise<ReadonlyMap<string, number>> {
  const { items } = deployments.parse(JSON.parse(await kubectl('get deployments -o json')));
  return new Map(items.map(({ metadata: { name, generation } }) => [name, generation]));
}

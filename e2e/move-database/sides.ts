import { z } from 'zod';
import { kubectl, NAMESPACE, RELEASE } from '../cluster.js';
import { attempt, run } from '../command.js';
import { eventually, must } from '../journal.js';
import { apply, type CafeManifests, type Manifest, parseManifests } from './manifests.js';
import { Server } from './server.js';

/** Who can be moved from and to. */
export type SideName = 'chart' | 'cluster';

/** What the café's database can be moved from. */
export interface Source {
  /** Its server, which takes changes. @throws Error while there is none */
  readonly server: () => Promise<Server>;
  /** Stops it, and may take the Service away. What it holds stays where it is. */
  readonly stop: () => Promise<void>;
}

/** One who can run the café's database. */
export interface Side extends Source {
  /** Brings it up beside the other one, led to by nobody. Where it is there already nothing happens. */
  readonly standUp: () => Promise<void>;
  /** Leads the Service to it, and by that away from the other one. @param clusterIP - that the Service had, and has again; empty where there was none */
  readonly leadTo: (clusterIP: string) => Promise<void>;
  /** After it serves: what was made by hand is as its own tool has it. */
  readonly settle: () => Promise<void>;
}

/** The sides that these manifests can bring up; the other one is only left. */
export function sideNamed(name: SideName, manifests: CafeManifests): Side {
  return name === 'chart' ? chart(manifests) : cluster(manifests);
}

const service = z.object({
  spec: z.object({ clusterIP: z.string(), selector: z.record(z.string(), z.string()) }),
});

/** Where the Service leads to now, or nothing while there is none. */
export async function findService(): Promise<
  { readonly to: SideName; readonly clusterIP: string } | undefined
> {
  const json = await kubectl(`get service ${RELEASE} --ignore-not-found -o json`);
  if (json.trim() === '') return undefined;
  const { clusterIP, selector } = service.parse(JSON.parse(json)).spec;
  return { to: 'cnpg.io/cluster' in selector ? 'cluster' : 'chart', clusterIP };
}

const chart = (manifests: CafeManifests): Side => {
  const server = (): Promise<Server> => Promise.resolve(Server.inPod(`${RELEASE}-0`));
  /** As Helm would make them, and own them. */
  const applyObjects = async (which: (object: Manifest) => boolean): Promise<void> => {
    const rendered = await run(
      `helm template ${RELEASE} ${manifests.chart} --namespace ${NAMESPACE} --no-hooks`,
    );
    const objects = parseManifests(rendered).filter(which).map(ownedByHelm);
    await apply(objects, '--server-side --force-conflicts --field-manager=helm');
  };
  return {
    server,
    standUp: async () => {
      if ((await findService())?.to === 'chart') return;
      // Helm itself would lead the Service there at once.
      await applyObjects((object) => !isService(object));
      await kubectl(`rollout status statefulset/${RELEASE} --timeout=300s`, 310);
    },
    leadTo: async () => {
      if ((await findService()) === undefined) {
        await applyObjects(isService);
        return;
      }
      const selector = await kubectl(`get statefulset ${RELEASE} -o jsonpath='{.spec.selector.matchLabels}'`);
      const patch = [{ op: 'replace', path: '/spec/selector', value: JSON.parse(selector) as unknown }];
      await kubectl(`patch service ${RELEASE} --type json --patch '${JSON.stringify(patch)}'`);
      const { labels, annotations } = ownedByHelm({ kind: 'Service', metadata: { name: RELEASE } }).metadata;
      await kubectl(
        `patch service ${RELEASE} --patch '${JSON.stringify({ metadata: { labels, annotations } })}'`,
      );
    },
    stop: async () => {
      // The chart keeps its claim and its Secret.
      const { code, stderr } = await attempt(
        `helm uninstall ${RELEASE} --namespace ${NAMESPACE} --ignore-not-found`,
      );
      must(code === 0, stderr);
    },
    settle: async () => {
      // Helm 4 leaves what kubectl has written of the Service, unless it is told; Helm 3 does not ask.
      const force = (await run('helm version --short')).startsWith('v3.') ? '' : '--force-conflicts';
      await run(
        `helm upgrade --install ${RELEASE} ${manifests.chart} --namespace ${NAMESPACE} ${force} --wait --timeout 5m`,
      );
    },
  };
};

const names = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });
/** The operator's Cluster, or nothing where there is none or where nobody knows the kind. */
async function clusterName(): Promise<string | undefined> {
  const { code, stdout } = await attempt(`kubectl -n ${NAMESPACE} get clusters.postgresql.cnpg.io -o json`);
  return code === 0 ? names.parse(JSON.parse(stdout)).items[0]?.metadata.name : undefined;
}

const cluster = (manifests: CafeManifests): Side => {
  const name = async (): Promise<string> => {
    const found = await clusterName();
    must(found !== undefined, 'the operator CloudNativePG has no Cluster here');
    return found;
  };
  const hibernate = async (word: 'on' | 'off'): Promise<void> => {
    await kubectl(
      `annotate clusters.postgresql.cnpg.io ${await name()} --overwrite cnpg.io/hibernation=${word}`,
    );
  };
  const status = async (path: string): Promise<string> =>
    kubectl(`get clusters.postgresql.cnpg.io ${await name()} -o jsonpath='{${path}}'`);
  return {
    server: async () => Server.inPod(await status('.status.currentPrimary')),
    standUp: async () => {
      if ((await findService())?.to === 'cluster') return;
      await apply(manifests.cluster);
      await hibernate('off');
      await eventually(600, async () => {
        const state = await status('.status.phase},{.status.readyInstances}/{.spec.instances');
        const [, ready, wanted] = /^Cluster in healthy state,(\d+)\/(\d+)$/.exec(state) ?? [];
        must(ready !== undefined && ready === wanted, `the Cluster says: ${state}`);
        // It says so of instances that are stopped, too.
        const pods = await kubectl(`get pods -l cnpg.io/podRole=instance -o jsonpath='${PODS_READY}'`);
        must(pods.split('True').length - 1 === Number(wanted), 'its pods are not ready');
      });
    },
    leadTo: async (clusterIP) => {
      const { service: wanted } = manifests;
      must(wanted !== undefined, 'the manifests have no Service of the database');
      // Helm takes its Service away with the rest of its release; this one has the same name and address.
      const spec = { ...z.looseObject({}).parse(wanted['spec']), clusterIP };
      await apply([{ ...wanted, spec }]);
    },
    stop: () => hibernate('on'),
    settle: () => Promise.resolve(),
  };
};

const PODS_READY = '{.items[*].status.conditions[?(@.type=="Ready")].status}';

const isService = ({ kind, metadata }: Manifest): boolean => kind === 'Service' && metadata.name === RELEASE;

const ownedByHelm = (object: Manifest): Manifest => ({
  ...object,
  metadata: {
    ...object.metadata,
    labels: { ...object.metadata.labels, 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: {
      ...object.metadata.annotations,
      'meta.helm.sh/release-name': RELEASE,
      'meta.helm.sh/release-namespace': NAMESPACE,
    },
  },
});

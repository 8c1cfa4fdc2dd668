import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { kubectl } from '../cluster.js';
import { eventually, must } from '../journal.js';
import { adopt } from './adopt.js';
import { apply } from './manifests.js';
import { Server } from './server.js';
import type { Source } from './sides.js';

/** Of the pod over the volume. */
const NAME = 'database-move';
const SCRIPT = fileURLToPath(new URL('bitnami-volume.sh', import.meta.url));
/** https://github.com/bitnami/containers/tree/main/bitnami/postgresql: the user of its image. */
const USER = 1001;

/** Which claim, and which of its databases. */
export interface BitnamiVolume {
  readonly claim: string;
  /** @default - the only one that holds a table */
  readonly database: string | undefined;
}

/** `<claim>` or `<claim>/<database>`. */
export function parseVolume(words: string): BitnamiVolume {
  const [claim = '', ...database] = words.split('/');
  return { claim, database: database.length === 0 ? undefined : database.join('/') };
}

/**
 * What a PostgreSQL of Bitnami's image left on its volume: the folder `data`, of user 1001, with no file of settings. It is
 * copied, and PostgreSQL runs on the copy, in a pod that cannot write to the volume.
 *
 * @param image - with PostgreSQL's programs, of the major version of the data
 */
export function bitnamiVolume({ claim, database }: BitnamiVolume, image: string): Source {
  const start = async (): Promise<Server> => {
    await mustBeAtRest(claim);
    await stop();
    await apply([podOver(claim, image)]);
    await begun(claim);
    const server = Server.inPod(NAME);
    await adopt(server, database);
    return server;
  };
  let started: Promise<Server> | undefined;
  return { server: () => (started ??= start()), stop };
}

const stop = async (): Promise<void> => {
  await kubectl(`delete pod ${NAME} --ignore-not-found --wait`);
};

const pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
      }),
      spec: z.object({
        volumes: z
          .array(z.object({ persistentVolumeClaim: z.object({ claimName: z.string() }).optional() }))
          .default([]),
      }),
      status: z.object({ phase: z.string() }),
    }),
  ),
});

/** @throws Error unless the claim is there and no pod has it */
async function mustBeAtRest(claim: string): Promise<void> {
  const claims = (await kubectl("get persistentvolumeclaims -o jsonpath='{.items[*].metadata.name}'")).split(
    ' ',
  );
  must(claims.includes(claim), `there is no claim ${claim} in the namespace. It has: ${claims.join(', ')}`);
  const found = pods
    .parse(JSON.parse(await kubectl('get pods -o json')))
    .items.find(
      ({ metadata, spec, status }) =>
        metadata.name !== NAME &&
        status.phase !== 'Succeeded' &&
        status.phase !== 'Failed' &&
        spec.volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim),
    );
  const owner = found?.metadata.ownerReferences[0];
  must(
    found === undefined,
    `the pod ${found?.metadata.name} has the claim ${claim}, and may write to it. Stop it first` +
      (owner?.kind === 'StatefulSet' ? `: kubectl scale statefulset ${owner.name} --replicas=0` : ''),
  );
}

const podOver = (claim: string, image: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: NAME },
  spec: {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'postgres',
        image,
        command: ['bash', '-c', readFileSync(SCRIPT, 'utf8'), 'bash', '/volume', '/copy/data'],
        resources: {
          requests: { cpu: '100m', memory: '256Mi' },
          limits: { cpu: '2', memory: '1Gi' },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        terminationMessagePolicy: 'FallbackToLogsOnError',
        volumeMounts: [
          { name: 'volume', mountPath: '/volume', readOnly: true },
          { name: 'copy', mountPath: '/copy' },
          { name: 'run', mountPath: '/var/run/postgresql' },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      // No fsGroup, and read-only here, too: with either the owners of its files would be changed.
      { name: 'volume', persistentVolumeClaim: { claimName: claim, readOnly: true } },
      { name: 'copy', emptyDir: {} },
      { name: 'run', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
    ],
  },
});

/** As long as a copy of much data may take. */
const COPY_SECONDS = 4 * 3600;

/** @throws Error with what the pod said when it is refused, or does not start */
async function begun(claim: string): Promise<void> {
  const failed = await eventually(COPY_SECONDS, async () => {
    const phase = await kubectl(`get pod ${NAME} -o jsonpath='{.status.phase}'`);
    if (phase === 'Failed') return true;
    // With names, because its user has none there.
    await kubectl(`exec ${NAME} -- pg_isready -q -U postgres -d postgres`);
    return false;
  });
  if (!failed) return;
  const said = await kubectl(`logs ${NAME}`);
  await stop();
  throw new Error(`${claim}: ${said.trim()}`);
}

import { DatabaseRelease } from './release.js';

/** What differs between the tests' own pods. */
export interface DatabasePodOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: readonly unknown[];
  /** Where it may run. @default - anywhere */
  readonly affinity?: unknown;
  readonly volumes?: readonly unknown[];
  readonly volumeMounts?: readonly unknown[];
}

/** A pod of the database's image that runs a command once, as Pod Security "restricted" wants it. */
export const databasePod = (
  name: string,
  image: string,
  command: readonly string[],
  { labels = {}, env = [], affinity, volumes = [], volumeMounts = [] }: DatabasePodOptions,
): unknown => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 5,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 999,
      fsGroup: 999,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(affinity === undefined ? {} : { affinity }),
    volumes,
    containers: [
      {
        name: 'database',
        image,
        command,
        env: [
          { name: 'APP_DATABASE', value: DatabaseRelease.database },
          { name: 'APP_USERNAME', value: DatabaseRelease.role },
          ...env,
        ],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts,
      },
    ],
  },
});

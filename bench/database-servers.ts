import { run } from '../e2e/command.js';
import { DatabaseRelease } from '../e2e/database/release.js';

type Labels = Readonly<Record<string, string>>;

/** A way to run PostgreSQL whose starts are measured. */
export interface MeasuredServer {
  readonly name: string;
  /** What its Service says beside its port. */
  readonly service: { readonly selector: Labels; readonly publishNotReadyAddresses?: boolean };
  readonly pod: string;
  /** Asks for it, on a new volume, and does not wait. */
  install(): Promise<void>;
  /** Takes it away with its volume. */
  remove(): Promise<void>;
}

export const PASSWORD = 'of-the-benchmark';

/** The chart, as it is installed by default. */
export class ChartServer implements MeasuredServer {
  readonly name = 'the chart';
  /** As the chart's own, which is made too late: templates/service.yaml. */
  readonly service = {
    selector: {
      'app.kubernetes.io/instance': 'bench-postgresql',
      'app.kubernetes.io/component': 'primary',
    },
    publishNotReadyAddresses: true,
  };
  readonly pod = 'bench-postgresql-0';
  private readonly release: DatabaseRelease;

  constructor(namespace: string) {
    this.release = new DatabaseRelease(namespace, 'bench-postgresql');
  }

  async install(): Promise<void> {
    await this.release.install(`--set auth.password=${PASSWORD}`);
  }

  async remove(): Promise<void> {
    await this.release.uninstall();
    await this.release.deleteData();
  }
}

/** The official image in a StatefulSet, with what it needs to start at all, and nothing else: no probe, no guard. */
export class PlainServer implements MeasuredServer {
  readonly name = 'the plain image';
  private readonly labels = { app: 'plain' };
  /** Without a probe its pod is ready as soon as it runs. */
  readonly service = { selector: this.labels };
  readonly pod = 'plain-0';

  constructor(
    private readonly namespace: string,
    private readonly image: string,
  ) {}

  async install(): Promise<void> {
    const env = {
      POSTGRES_USER: DatabaseRelease.role,
      POSTGRES_DB: DatabaseRelease.database,
      POSTGRES_PASSWORD: PASSWORD,
      // Below the mount: its root holds lost+found.
      PGDATA: '/var/lib/postgresql/data/pgdata',
    };
    const statefulSet = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'plain', namespace: this.namespace },
      spec: {
        serviceName: 'plain',
        selector: { matchLabels: this.labels },
        template: {
          metadata: { labels: this.labels },
          spec: {
            securityContext: { fsGroup: 999, runAsUser: 999 },
            containers: [
              {
                name: 'postgres',
                image: this.image,
                env: Object.entries(env).map(([name, value]) => ({ name, value })),
                volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data' }],
              },
            ],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      },
    };
    await run('kubectl apply --filename -', { stdin: JSON.stringify(statefulSet) });
  }

  async remove(): Promise<void> {
    const kubectl = `kubectl --namespace ${this.namespace}`;
    await run(`${kubectl} delete statefulset plain --cascade=foreground --timeout=120s`);
    await run(`${kubectl} delete pvc data-plain-0 --timeout=120s`);
  }
}

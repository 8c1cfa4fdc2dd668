import type {
  Autoscaler,
  DatabaseCredentials,
  Dns,
  ExternalPostgresProps,
  GatewayRouteProps,
  LogicalBackupOptions,
  SecretOrigin,
  TraceCollector,
} from '@cafe-lumiere/constructs';

/** What protects the way from the services to the database: a Secret with a certificate for its name, or nothing. */
type DatabaseTls = { readonly existingSecret: string } | 'off';

/**
 * Who runs the database, in one word: our chart with one PostgreSQL beside the services, the CloudNativePG operator with
 * three, or somebody else over TLS. With `chart` and `cluster` the services are the same to the letter.
 */
export type CafeDatabase<Credentials extends DatabaseCredentials = DatabaseCredentials> =
  | {
      readonly mode: 'chart';
      readonly credentials: Credentials;
      readonly tls: DatabaseTls;
    }
  | {
      readonly mode: 'cluster';
      /** A Secret has the keys `username` and `password` as well, for the operator. */
      readonly credentials: Credentials;
      readonly tls: DatabaseTls;
      /**
       * Dumps that are proven to restore: `{}` is each night, the newest seven. Or `none`: somebody else sees to it, such as
       * the operator's plugin for an object store. Three machines keep what was deleted by mistake no longer than one does.
       */
      readonly backup: LogicalBackupOptions | 'none';
      /**
       * PostgreSQL for the operator.
       * @default - a version of 17, see database.ts
       */
      readonly clusterImage?: string;
    }
  | ({ readonly mode: 'external' } & Omit<ExternalPostgresProps, 'database' | 'owner'>);

/** Those who end TLS: only the pods of this namespace may connect, and so many of them say who asks. */
export interface TlsProxies {
  readonly namespace: string;
  /** @see the variable `TRUSTED_PROXIES` of the frontend */
  readonly count: number;
}

/** Who leads guests to the pages, and who ends their TLS. */
export type Exposure =
  /** An address outside the cluster, over which everybody on the way can read along. */
  | { readonly loadBalancer: 'without TLS' }
  /**
   * An ingress or gateway that ends TLS. Only the pods of its namespace may connect, and what a guest sends without TLS is
   * refused. `count` is the number of proxies on the way that say in X-Forwarded-For and X-Forwarded-Proto who asks, and how.
   */
  | { readonly tlsProxies: TlsProxies }
  /** A Gateway of the café's own, of a class that the cluster has; otherwise as `tlsProxies`. */
  | { readonly gateway: Omit<GatewayRouteProps, 'service' | 'proxies'>; readonly tlsProxies: TlsProxies };

/** Who may see the guests' names and take steps in the kitchen. */
export type StaffDoor =
  /** Who knows `STAFF_PASSWORD` of this Secret, which also has `STAFF_SIGNING_KEY`. Without it the frontend does not start. */
  | { readonly secret: string }
  /** The same when the Secret is there, and everybody when it is not. */
  | { readonly openWithout: string };

/** Who reads metrics. */
export interface Monitoring {
  /** Its namespace, whose pods may connect. */
  readonly namespace: string;
  /**
   * Where it is the Prometheus operator's: a PodMonitor for each service, and alerts for what guests are promised, with the
   * labels by which it chooses them.
   * @default - no objects of its kinds
   */
  readonly operator?: { readonly labels: Readonly<Record<string, string>> };
}

/** What differs between the places where the café runs. What could be left open is never left unsaid. */
export interface Environment {
  readonly database: CafeDatabase;
  readonly exposure: Exposure;
  readonly staffDoor: StaffDoor;
  /** How many pods of each service there are, by what they use. @default - two, always */
  readonly autoscaler?: Autoscaler;
  /**
   * Where its Secrets come from, by their names: `cafe-secrets`, `cafe-staff`.
   * @default - somebody makes them in the cluster
   */
  readonly secrets?: Readonly<Record<string, SecretOrigin>>;
  /** Who reads the services' metrics. @default - nobody */
  readonly monitoring?: Monitoring;
  /** Who takes the services' traces. @default - nobody: none are recorded */
  readonly traces?: TraceCollector;
  /** Where its cluster's DNS is, for the network policies. @default - the pods `k8s-app: kube-dns` in `kube-system` */
  readonly dns?: Dns;
}

/** An environment with no password in its manifests. */
interface WithoutPassword extends Environment {
  readonly database: CafeDatabase<Exclude<DatabaseCredentials, { readonly developmentPassword: string }>>;
}

/** The Secret of the contract: `DB_PASSWORD` in `cafe-secrets`. */
export const SECRET_NAME = 'cafe-secrets';
const STAFF_SECRET = 'cafe-staff';

/** The environment that `dist/` itself holds. */
export const DEFAULT_ENVIRONMENT = 'local';

/**
 * The default: it works as it is on a cluster of your own, with a password that everybody can read and, until there is a
 * Secret `cafe-staff`, with a kitchen that is open to everybody. `make deploy` takes it to no other.
 */
const local: Environment = {
  database: { mode: 'chart', credentials: { developmentPassword: 'cafe-lumiere-development' }, tls: 'off' },
  exposure: { loadBalancer: 'without TLS' },
  staffDoor: { openWithout: STAFF_SECRET },
};

/** Where nothing is open that is not named, and few guests come. */
const staging: WithoutPassword = {
  database: {
    mode: 'chart',
    credentials: { existingSecret: SECRET_NAME },
    tls: { existingSecret: 'cafe-postgresql-tls' },
  },
  exposure: { tlsProxies: { namespace: 'ingress', count: 1 } },
  staffDoor: { secret: STAFF_SECRET },
};

/** As `staging`, behind a Gateway of its own (the name is yours to change), and with more pods when many guests come. */
const production: WithoutPassword = {
  ...staging,
  exposure: {
    gateway: { className: 'traefik', hostname: 'cafe.example.com', tlsSecret: 'cafe-tls' },
    tlsProxies: { namespace: 'traefik', count: 1 },
  },
  autoscaler: { minReplicas: 2, maxReplicas: 5 },
  monitoring: { namespace: 'monitoring' },
};

/** A name is a folder below `dist`, where `helm` is the default's charts. */
type WithoutFolderOfCharts<Names> = Names & { readonly helm?: never };

/** Every other one, each in `dist/<name>`: a new one is an object here. */
const others: WithoutFolderOfCharts<Readonly<Record<string, WithoutPassword>>> = { staging, production };

/** The environments by name. */
export const environments: Readonly<Record<string, Environment>> = {
  [DEFAULT_ENVIRONMENT]: local,
  ...others,
};

/** @throws Error that lists the names there are */
export function environmentNamed(name: string = DEFAULT_ENVIRONMENT): Environment {
  const environment = environments[name];
  if (environment) return environment;
  throw new Error(
    `There is no environment "${name}"; cdk8s/environments.ts has: ${Object.keys(environments).join(', ')}.`,
  );
}

import type { Size } from 'cdk8s';
import type { ApiServer } from './cloudnative-pg-policy.js';
import type { Dns } from './dns.js';
import { checkImage } from './image-reference.js';
import { checkDnsLabel } from './names.js';
import { checkResources, type Resources, toNumber } from './resources.js';
import type { DatabaseCredentials } from './store.js';

/** What a Cluster is called, how large it is, and who is around it. */
export interface CloudNativePgClusterProps {
  /** The Cluster's name, and what its pods, volumes and Services begin with: at most 50 characters. */
  readonly name: string;
  /**
   * The Service that clients are told, and that leads to the primary. It is not the operator's, so that it stays where
   * another PostgreSQL was behind the same name.
   * @default - the Cluster's name
   */
  readonly service?: string;
  /**
   * The image of PostgreSQL, from https://github.com/cloudnative-pg/postgres-containers. The operator reads the major
   * version in the tag, which begins with it: `ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie`, with or without a
   * digest behind it.
   */
  readonly image: string;
  /**
   * How many there are, each on a machine of its own. With three, one standby confirms each commit, and one machine may be
   * lost; with five, two and two. A single one is for where a restart may be seen. An even number would wait for more and
   * survive no more.
   * @default 3
   */
  readonly instances?: 1 | 3 | 5;
  /** The application's database. */
  readonly database: string;
  /** The role that owns it and logs in: never the superuser, who has no password here. */
  readonly owner: string;
  /** The size of each instance's volume. */
  readonly storage: Size;
  /** @default - the cluster's default class */
  readonly storageClass?: string;
  /**
   * Where the owner's password is. A Secret of yours has, besides the key that clients read, `username` (the owner) and
   * `password` (the same password), which are the keys that the operator reads; `key: 'password'` has clients read that
   * one, too. With the label `cnpg.io/reload: "true"` the operator takes a changed one at once.
   */
  readonly credentials: DatabaseCredentials;
  /**
   * A Secret with `tls.crt`, `tls.key` and `ca.crt` for the Service's name, as cert-manager makes it, or `off`: what goes
   * over the network is then not encrypted. Else nobody comes in without TLS, and the clients check the certificate to the
   * end (libpq's `verify-full`).
   * @default - the operator makes a certificate and its authority, in the Secret `<name>-ca`
   */
  readonly tls?: { readonly existingSecret: string } | 'off';
  /**
   * Of each instance. PostgreSQL gets a quarter of the memory for `shared_buffers`.
   * @default - half to 2 CPUs, 512Mi of memory
   */
  readonly resources?: Resources;
  /**
   * PostgreSQL's `max_connections`. A standby has as many of its own, and its clients are none of ours.
   * @default 100
   */
  readonly maxConnections?: number;
  /**
   * What may be lost at once: a machine, or a zone.
   * @default 'kubernetes.io/hostname'
   */
  readonly topologyKey?: string;
  /**
   * Where the operator is, for the network policies.
   * @default 'cnpg-system'
   */
  readonly operatorNamespace?: string;
  /**
   * Where the API server is, for the network policies.
   * @default - ports 443 and 6443 of any address
   */
  readonly apiServer?: ApiServer;
  /**
   * The namespace whose pods may scrape the metrics of the instances. With it there is a PodMonitor, so the Prometheus
   * operator's kinds must be there, too.
   * @default - nobody
   */
  readonly monitoring?: string;
  /**
   * Where the instances may ask for names.
   * @default - the pods `k8s-app: kube-dns` in `kube-system`
   */
  readonly dns?: Dns;
}

/** https://cloudnative-pg.io/documentation/1.28/cloudnative-pg.v1/: pods and Services get endings. */
const NAME_LENGTH = 50;
const LEAST_MEMORY = 256 * 2 ** 20;

/** PostgreSQL and the operator's instance manager beside it are at home in no less. @throws Error with the limit */
export function checkMemory(path: string, resources: Resources): Resources {
  const { limit } = checkResources(path, 'resources', resources).memory;
  if ((toNumber(limit) ?? 0) >= LEAST_MEMORY) return resources;
  throw new Error(
    `${path}: resources.memory.limit is "${limit}"; PostgreSQL and the operator's instance manager need 256Mi or more.`,
  );
}

/** Pods and Services of a Cluster are called after it. @throws Error when the name is too long for their endings */
export function checkClusterName(path: string, name: string): string {
  if (checkDnsLabel(path, name).length <= NAME_LENGTH) return name;
  throw new Error(
    `${path}: name is "${name}", ${name.length} characters; a Cluster's is at most ${NAME_LENGTH}, because its pods and Services get endings.`,
  );
}

/** The operator's own Services: it would wait for ever for one that is not its own. */
export function checkService(path: string, cluster: string, service: string): string {
  const own = ['rw', 'ro', 'r', 'any'].map((ending) => `${cluster}-${ending}`);
  if (!own.includes(checkDnsLabel(path, service))) return service;
  throw new Error(
    `${path}: service is "${service}", which is the operator's own for ${cluster}. Choose another name, such as "${cluster}".`,
  );
}

/** `postgres` and `streaming_replica` are the operator's, and it takes the password of the first away. */
export function checkOwner(path: string, owner: string): string {
  if (!['postgres', 'streaming_replica'].includes(owner) && !owner.startsWith('pg_')) return owner;
  throw new Error(
    `${path}: owner is "${owner}", which is a role of PostgreSQL or of the operator; choose another name, such as "shop".`,
  );
}

/** The operator refuses a tag without a number at its beginning, and a digest alone. */
export function checkPostgresImage(
  path: string,
  image: string,
): { readonly image: string; readonly major: number } {
  checkImage(path, image);
  const major = /:(\d+)[^/]*$/.exec(image.replace(/@sha256:.*$/, ''))?.[1];
  if (major !== undefined) return { image, major: Number(major) };
  throw new Error(
    `${path}: the image "${image}" has no tag that begins with PostgreSQL's major version, which the operator reads there. Write it before the digest, such as ":17.6-standard-trixie@sha256:…".`,
  );
}

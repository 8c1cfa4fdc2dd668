import type { CloudNativePgCluster } from '../../model/cloudnative-pg.js';
import type { Cluster, Typed } from '../../model/cluster.js';
import { titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';
import { postgresClusters } from './objects.js';

/** The operator gives the password of the Secret to the owner, and refuses where the Secret is somebody else's. */
export const ownerSecret = {
  id: 'CAFE123',
  title: "The Secret of a PostgreSQL's owner is not the owner's",
  why: 'The operator gives the owner another password than the clients have, or waits with the database until the Secret is right.',
  problems: (cluster) => postgresClusters(cluster).flatMap((postgres) => problems(cluster, postgres)),
} as const satisfies Proof;

function problems(cluster: Cluster, postgres: CloudNativePgCluster): Problem[] {
  const { owner, secret } = postgres.typed.spec.bootstrap?.initdb ?? {};
  const at = { object: titleOf(postgres), field: 'spec.bootstrap.initdb' };
  if (owner === 'postgres') {
    return [
      {
        ...at,
        field: 'spec.bootstrap.initdb.owner',
        found: 'postgres',
        expected: 'a role of the application: the operator takes the password of postgres away',
        change: 'choose another name, such as the application’s',
      },
    ];
  }
  const found = secret && cluster.secrets.get(`${postgres.namespace}/${secret.name}`);
  if (!found || owner === undefined) return [];
  const missing = ['username', 'password'].filter((key) => textOf(found, key) === undefined);
  if (missing.length > 0) {
    return [
      {
        ...at,
        field: 'spec.bootstrap.initdb.secret.name',
        found: `${titleOf(found)}, without ${missing.join(' and ')}`,
        expected:
          'a Secret of the type kubernetes.io/basic-auth, with username and password: the operator reads no others',
        change: `add ${missing.join(' and ')} to ${titleOf(found)}`,
      },
    ];
  }
  const username = textOf(found, 'username');
  if (username === owner) return [];
  return [
    {
      ...at,
      field: 'spec.bootstrap.initdb.owner',
      found: `${owner}, and username of ${titleOf(found)} is ${username ?? ''}`,
      expected: 'the same name in both, or the operator refuses to set the password, and nobody logs in',
      likely: owner,
      change: `set username of ${titleOf(found)} to ${owner}`,
    },
  ];
}

function textOf({ typed: { data, stringData } }: Typed<'Secret'>, key: string): string | undefined {
  const encoded = data[key];
  return stringData[key] ?? (encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString());
}

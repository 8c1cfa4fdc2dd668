import type { Fault } from '../fault.js';
import {
  asking,
  claim,
  data,
  database,
  deployment,
  type KubernetesObject,
  mounting,
  POSTGRES,
  postgresCluster,
  preparing,
  program,
  secretKey,
  serving,
  store,
  web,
} from '../objects.js';

const withPassword = (value: string): readonly KubernetesObject[] =>
  database({ container: { env: [{ name: 'POSTGRES_PASSWORD', value }] } });

export const databases: readonly Fault[] = [
  {
    name: 'password-of-store',
    objects: () => [
      data('Secret', 'shop-secrets', { password: 'of-the-client' }),
      ...store({}, ['redis-server', '--requirepass', 'of-the-store']),
      ...web({
        container: {
          command: ['sh', '-c', 'redis-cli -h store -a "$STORE_PASSWORD" -e ping && exec sleep 100000'],
          env: secretKey('shop-secrets', 'password'),
        },
      }),
    ],
    roots: [['CAFE281', 'shop-secrets']],
  },
  {
    name: 'password-of-database',
    objects: () => [
      ...withPassword('of-the-volume'),
      data('Secret', 'shop-secrets', { password: 'of-the-client' }),
      deployment(
        'web',
        [
          'sh',
          '-c',
          'until pg_isready -q -h database; do sleep 1; done; psql -h database -U postgres -c "select 1" && exec sleep 100000',
        ],
        {
          container: {
            image: POSTGRES,
            env: [
              { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'password' } } },
              { name: 'PGHOST', value: 'database' },
            ],
          },
        },
      ),
    ],
    roots: [['CAFE281', 'postgres']],
  },
  {
    name: 'password-of-old-volume',
    objects: () => {
      const env = [
        { name: 'POSTGRES_PASSWORD', valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'password' } } },
        { name: 'PGDATA', value: '/data/db' },
      ];
      return [
        data('Secret', 'shop-secrets', { password: 'of-the-client' }),
        ...database({
          pod: preparing(
            'mkdir -p /data/db && chown -R postgres /data && cd /data && head -c 12 /dev/urandom | base64 >/tmp/p && chown postgres /tmp/p && runuser -u postgres -- initdb -D /data/db --pwfile=/tmp/p -A scram-sha-256 && echo "host all all all scram-sha-256" >>/data/db/pg_hba.conf && echo "listen_addresses = \'*\'" >>/data/db/postgresql.conf',
          ),
          container: { env, volumeMounts: [{ name: 'data', mountPath: '/data' }] },
        }),
        deployment(
          'web',
          [
            'sh',
            '-c',
            'until pg_isready -q -h database; do sleep 1; done; psql -h database -U postgres -c "select 1" && exec sleep 100000',
          ],
          {
            container: {
              image: POSTGRES,
              env: [
                { name: 'PGHOST', value: 'database' },
                {
                  name: 'PGPASSWORD',
                  valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'password' } },
                },
              ],
            },
          },
        ),
      ];
    },
    roots: [['CAFE281', 'volume']],
  },
  {
    // Nobody has asked it yet: the pods are ready, and the first click fails.
    name: 'password-never-tried',
    probe: true,
    objects: () => [
      ...withPassword('of-the-volume'),
      data('Secret', 'shop-secrets', { password: 'of-the-client' }),
      program('web', serving('/'), {
        container: {
          env: [
            { name: 'DB_HOST', value: 'database' },
            { name: 'DB_USER', value: 'postgres' },
            { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'password' } } },
          ],
        },
      }),
    ],
    roots: [['CAFE281', 'shop-secrets']],
  },
  {
    name: 'database-missing',
    objects: () => [...database(), asking('select 1', {}, '-U postgres -d shop')],
    roots: [['CAFE282', 'shop']],
  },
  {
    name: 'role-missing',
    objects: () => [...database(), asking('select 1', {}, '-U clerk -d postgres')],
    roots: [['CAFE282', 'clerk']],
  },
  {
    name: 'table-missing',
    objects: () => [...database(), asking('select * from orders')],
    roots: [['CAFE282', 'orders']],
  },
  {
    name: 'right-in-database-missing',
    objects: () => [...database(), asking('set role pg_monitor; create table public.orders (id int)')],
    roots: [['CAFE282', 'right']],
  },
  {
    name: 'address-not-let-in',
    objects: () => [
      data('ConfigMap', 'rules', {
        'pg_hba.conf': 'local all all trust\nhost all all 127.0.0.1/32 trust\n',
      }),
      ...database(
        {
          pod: { volumes: [{ name: 'rules', configMap: { name: 'rules' } }] },
          container: { volumeMounts: [{ name: 'rules', mountPath: '/rules' }] },
        },
        ['-c', 'hba_file=/rules/pg_hba.conf'],
      ),
      asking('select 1'),
    ],
    roots: [['CAFE282', 'pg_hba']],
  },
  {
    name: 'host-not-configured',
    objects: () => [deployment('web', ['psql', '-c', 'select 1'], { container: { image: POSTGRES } })],
    roots: [['CAFE275', 'no host is configured']],
  },
  {
    name: 'database-read-only',
    objects: () => [
      ...database({}, ['-c', 'default_transaction_read_only=on']),
      asking('create table orders (id int)'),
    ],
    roots: [['CAFE285', 'takes no changes']],
  },
  {
    name: 'database-in-recovery',
    objects: () => [
      ...database({
        pod: preparing(
          'mkdir -p /data/db && chown -R postgres /data && runuser -u postgres -- initdb -D /data/db -A trust && touch /data/db/standby.signal && echo "hot_standby = off" >>/data/db/postgresql.conf && echo "host all all all trust" >>/data/db/pg_hba.conf && echo "listen_addresses = \'*\'" >>/data/db/postgresql.conf',
        ),
        container: {
          env: [
            { name: 'PGDATA', value: '/data/db' },
            { name: 'POSTGRES_HOST_AUTH_METHOD', value: 'trust' },
          ],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
          readinessProbe: { tcpSocket: { port: 5432 } },
        },
      }),
      asking('select 1'),
    ],
    roots: [['CAFE284', 'recovery']],
  },
  {
    name: 'connections-all-taken',
    objects: () => [
      ...database({}, [
        '-c',
        'max_connections=8',
        '-c',
        'superuser_reserved_connections=0',
        '-c',
        'max_wal_senders=0',
      ]),
      deployment(
        'reports',
        [
          'sh',
          '-c',
          'for i in 1 2 3 4 5 6 7 8; do (while :; do psql -q -h database -U postgres -c "select pg_sleep(100000)" >/dev/null 2>&1; sleep 0.2; done) & done; wait',
        ],
        { container: { image: POSTGRES } },
      ),
      deployment('web', ['sh', '-c', 'sleep 15; psql -h database -U postgres -c "select 1"; exit 1'], {
        container: { image: POSTGRES, env: [{ name: 'PGHOST', value: 'database' }] },
      }),
    ],
    roots: [['CAFE283', 'no connection left']],
  },
  {
    name: 'database-full',
    objects: () => [
      ...database({
        pod: { volumes: [{ name: 'data', emptyDir: { medium: 'Memory', sizeLimit: '80Mi' } }] },
        container: {
          env: [
            { name: 'PGDATA', value: '/data/db' },
            { name: 'POSTGRES_HOST_AUTH_METHOD', value: 'trust' },
          ],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      }),
      asking("create unlogged table orders as select repeat('x', 500) from generate_series(1, 300000)"),
    ],
    roots: [['CAFE287', 'disk']],
  },
  {
    name: 'other-major',
    objects: () => [
      ...database({
        pod: preparing(
          'mkdir -p /data/db && chown -R postgres /data && runuser -u postgres -- initdb -D /data/db && echo 16 >/data/db/PG_VERSION',
        ),
        container: {
          env: [
            { name: 'PGDATA', value: '/data/db' },
            { name: 'POSTGRES_HOST_AUTH_METHOD', value: 'trust' },
          ],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      }),
    ],
    roots: [['CAFE286', 'major version']],
  },
  {
    name: 'folder-not-empty',
    objects: () => [
      claim('shop-data'),
      ...database({
        pod: mounting('shop-data'),
        container: {
          env: [
            { name: 'PGDATA', value: '/data' },
            { name: 'POSTGRES_HOST_AUTH_METHOD', value: 'trust' },
          ],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      }),
    ],
    roots: [['CAFE286', 'not empty']],
  },
  {
    name: 'operator-image-missing',
    objects: () => [postgresCluster({ imageName: `${POSTGRES.replace(/:[^:]*$/, '')}:17.99` })],
    roots: [['CAFE221', '17.99']],
  },
  {
    name: 'operator-class-missing',
    objects: () => [postgresCluster({ storage: { size: '1Gi', storageClass: 'fast' } })],
    roots: [['CAFE242', 'fast']],
  },
  {
    name: 'operator-catalog-missing',
    objects: () => [
      postgresCluster({
        imageCatalogRef: { apiGroup: 'postgresql.cnpg.io', kind: 'ImageCatalog', name: 'shop', major: 17 },
      }),
    ],
    roots: [['CAFE288', 'catalog']],
  },
];

import type { Fault } from '../fault.js';
import {
  asking,
  connecting,
  data,
  database,
  deployment,
  POSTGRES,
  program,
  REDIS,
  renamed,
  secretKey,
  sleeper,
  store,
  web,
} from '../objects.js';

const CHART = 'dist/helm/postgresql';

export const configuration: readonly Fault[] = [
  {
    name: 'secret-misspelled',
    objects: () => [
      ...store(),
      data('Secret', 'shop-secrets', { password: 'x' }),
      ...web({ container: { env: secretKey('shop-secret', 'password') } }),
    ],
    roots: [['CAFE231', 'shop-secrets']],
  },
  {
    name: 'key-misspelled',
    objects: () => [
      ...store(),
      data('Secret', 'shop-secrets', { password: 'x' }),
      ...web({ container: { env: secretKey('shop-secrets', 'passwort') } }),
    ],
    roots: [['CAFE232', 'passwort']],
  },
  {
    name: 'volume-of-missing-map',
    objects: () => [
      sleeper('web', { pod: { volumes: [{ name: 'settings', configMap: { name: 'shop-settings' } }] } }),
    ],
    roots: [['CAFE231', 'shop-settings']],
  },
  { name: 'host-misspelled', objects: () => [...store(), ...web({}, 'stor')], roots: [['CAFE233', 'store']] },
  {
    name: 'command-missing',
    objects: () => [deployment('web', ['/no/such/program'])],
    roots: [['CAFE234', '/no/such/program']],
  },
  {
    name: 'runs-as-root',
    objects: () => [sleeper('web', { container: { securityContext: { runAsNonRoot: true, runAsUser: 0 } } })],
    roots: [['CAFE235', 'root']],
  },
  {
    name: 'gate-waits',
    objects: () => [
      ...store(),
      sleeper('web', {
        pod: {
          initContainers: [
            {
              name: 'wait',
              image: REDIS,
              command: ['sh', '-c', 'until redis-cli -h stores ping; do sleep 2; done'],
            },
          ],
        },
      }),
    ],
    roots: [['CAFE233', 'stores']],
  },
  {
    name: 'key-of-map-misspelled',
    objects: () => [
      data('ConfigMap', 'shop-settings', { STORE_HOST: 'store' }),
      sleeper('web', {
        container: {
          env: [
            { name: 'STORE_HOST', valueFrom: { configMapKeyRef: { name: 'shop-settings', key: 'STORE' } } },
          ],
        },
      }),
    ],
    roots: [['CAFE232', 'STORE']],
  },
  {
    name: 'item-of-volume-missing',
    objects: () => [
      data('ConfigMap', 'shop-settings', { 'shop.conf': 'a = 1' }),
      sleeper('web', {
        pod: {
          volumes: [
            {
              name: 'c',
              configMap: { name: 'shop-settings', items: [{ key: 'web.conf', path: 'web.conf' }] },
            },
          ],
        },
        container: { volumeMounts: [{ name: 'c', mountPath: '/c' }] },
      }),
    ],
    roots: [['CAFE232', 'web.conf']],
  },
  {
    name: 'name-of-release',
    objects: () => [
      ...database().map((object) => renamed(object, 'database', 'blue-postgresql')),
      renamed(asking('select 1'), 'database', 'shop-postgresql'),
    ],
    roots: [['CAFE233', 'shop-postgresql']],
  },
  {
    name: 'release-of-another-name',
    before: [`helm install blue ${CHART} --namespace "$NAMESPACE"`],
    objects: () => [
      program('web', connecting('shop-postgresql', 5432), {
        container: {
          env: [
            { name: 'DB_HOST', value: 'shop-postgresql' },
            { name: 'DB_PORT', value: '5432' },
          ],
        },
      }),
    ],
    roots: [['CAFE233', 'Helm release blue']],
  },
  {
    name: 'release-of-missing-image',
    before: [
      `helm install blue ${CHART} --namespace "$NAMESPACE" --set image.registry=${POSTGRES.replace(/\/library\/.*/, '')} --set image.repository=library/postgres --set image.tag=17.99 --wait --timeout 8s || true`,
    ],
    objects: () => [sleeper('web')],
    roots: [['CAFE221', '17.99']],
  },
  {
    name: 'release-refused',
    before: [
      `cd "$(mktemp -d)"; mkdir templates && printf 'apiVersion: v2\\nname: shop\\nversion: 1.0.0\\n' >Chart.yaml && printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata:\\n  name: Shop_Settings\\n' >templates/settings.yaml; helm install blue . --namespace "$NAMESPACE"; rm -r "$PWD"`,
    ],
    objects: () => [sleeper('web')],
    roots: [['CAFE297', 'Shop_Settings']],
  },
  {
    name: 'other-processor',
    objects: () => [
      {
        ...data('ConfigMap', 'shop-program', {}),
        binaryData: { run: Buffer.from(`\u007fELF${'x'.repeat(200)}`).toString('base64') },
      },
      deployment('web', ['/program/run'], {
        pod: { volumes: [{ name: 'program', configMap: { name: 'shop-program', defaultMode: 0o755 } }] },
        container: { volumeMounts: [{ name: 'program', mountPath: '/program' }] },
      }),
    ],
    roots: [['CAFE225', 'processor']],
  },
  {
    name: 'certificate-ends',
    before: [
      // Eighty days old, of ninety, less seven.
      `cd "$(mktemp -d)"; touch index && echo 01 >serial && openssl req -newkey rsa:2048 -nodes -subj /CN=shop.example -keyout key -out request 2>/dev/null && printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=index\\nserial=serial\\nnew_certs_dir=.\\ndefault_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n' >settings && openssl ca -batch -selfsign -config settings -keyfile key -in request -out certificate -notext -startdate "$(date -ud -80days +%Y%m%d%H%M%SZ)" -enddate "$(date -ud +3days +%Y%m%d%H%M%SZ)" 2>/dev/null && kubectl create secret tls shop-tls --cert=certificate --key=key && rm -r "$PWD"`,
    ],
    objects: () => [...store()],
    roots: [['CAFE237', 'shop-tls']],
  },
];

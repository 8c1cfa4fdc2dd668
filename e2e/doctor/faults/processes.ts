import type { Fault } from '../fault.js';
import { deployment, job, program, REDIS, scheduled, sleeper, store, web } from '../objects.js';

const FAILING = 'echo "the price list has no column price: prices.csv" >&2; exit 3';

export const processes: readonly Fault[] = [
  {
    name: 'store-crashes',
    objects: () => [...store({}, ['redis-server', '--no-such-option', 'yes']), ...web()],
    roots: [['CAFE251', 'store']],
  },
  {
    name: 'out-of-memory',
    objects: () => [
      deployment('web', ['sh', '-c', 'head -c 300000000 /dev/zero | tail'], {
        container: { resources: { limits: { memory: '32Mi' } } },
      }),
    ],
    roots: [['CAFE252', '32Mi']],
  },
  {
    name: 'job-fails',
    objects: () => [job('import', 'Never', 'echo "the price list has no prices" >&2; exit 3', 0)],
    roots: [['CAFE254', 'no prices']],
  },
  {
    name: 'migration-fails',
    objects: () => [
      sleeper('web', {
        pod: {
          initContainers: [
            {
              name: 'migrate',
              image: REDIS,
              command: ['sh', '-c', 'echo "migration 7 failed: column price is twice there" >&2; exit 1'],
            },
          ],
        },
      }),
    ],
    roots: [['CAFE251', 'migration 7']],
  },
  {
    name: 'sidecar-crashes',
    objects: () => [
      sleeper('web', {
        pod: {
          containers: [
            { name: 'web', image: REDIS, command: ['sleep', '100000'] },
            { name: 'metrics', image: REDIS, command: ['sh', '-c', 'echo "unknown flag --prot"; exit 2'] },
          ],
        },
      }),
    ],
    roots: [['CAFE251', 'unknown flag']],
  },
  {
    name: 'variable-missing',
    objects: () => [
      program(
        'web',
        "if (!process.env.SHOP_CURRENCY) throw new Error('SHOP_CURRENCY is required, such as EUR')",
      ),
    ],
    roots: [['CAFE251', 'SHOP_CURRENCY']],
  },
  {
    name: 'ends-at-once',
    objects: () => [deployment('web', ['true'])],
    roots: [['CAFE251', 'exit code 0']],
  },
  {
    name: 'module-missing',
    objects: () => [program('web', "require('/app/server.js')")],
    roots: [['CAFE255', '/app/server.js']],
  },
  {
    name: 'folder-read-only',
    objects: () => [
      deployment('web', ['sh', '-c', 'echo 1 >/var/shop.pid && exec sleep 100000'], {
        container: { securityContext: { readOnlyRootFilesystem: true } },
      }),
    ],
    roots: [['CAFE255', 'right']],
  },
  {
    name: 'disk-of-pod-full',
    objects: () => [
      deployment('web', ['sh', '-c', 'head -c 60000000 /dev/zero >/tmp/cache && exec sleep 100000'], {
        container: { resources: { limits: { 'ephemeral-storage': '8Mi' } } },
      }),
    ],
    roots: [['CAFE253', 'ephemeral']],
  },
  {
    name: 'job-too-slow',
    objects: () => [
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'import' },
        spec: {
          activeDeadlineSeconds: 5,
          template: {
            spec: {
              restartPolicy: 'Never',
              containers: [{ name: 'import', image: REDIS, command: ['sleep', '1000'] }],
            },
          },
        },
      },
    ],
    roots: [['CAFE254', 'deadline']],
  },
  {
    name: 'job-tries-again',
    objects: () => [job('import', 'Never', FAILING)],
    roots: [['CAFE254', 'tries again']],
  },
  {
    name: 'job-crashes',
    objects: () => [job('import', 'OnFailure', FAILING)],
    roots: [['CAFE251', 'prices.csv']],
  },
  {
    name: 'scheduled-job-fails',
    objects: () => [scheduled('report', job('report', 'Never', FAILING, 0))],
    then: ['kubectl create job --from=cronjob/report report-1'],
    roots: [['CAFE254', 'prices.csv']],
  },
  {
    name: 'hook-fails',
    objects: () => [
      sleeper('web', {
        container: { lifecycle: { postStart: { exec: { command: ['cat', '/no/such/file'] } } } },
      }),
    ],
    roots: [['CAFE257', 'postStart']],
  },
  {
    name: 'right-of-account-missing',
    objects: () => [
      program(
        'web',
        "const fs = require('fs'), at = '/var/run/secrets/kubernetes.io/serviceaccount/'; require('https').get('https://kubernetes.default.svc/api/v1/namespaces/' + fs.readFileSync(at + 'namespace') + '/secrets', { ca: fs.readFileSync(at + 'ca.crt'), headers: { authorization: 'Bearer ' + fs.readFileSync(at + 'token') } }, (answer) => { let text = ''; answer.on('data', (part) => (text += part)); answer.on('end', () => { console.error(JSON.parse(text).message); process.exit(1) }) })",
      ),
    ],
    roots: [['CAFE238', 'may not list secrets']],
  },
  {
    name: 'heap-too-small',
    objects: () => [
      program('web', 'const all = []; for (;;) all.push(new Array(1e5).fill(Math.random()))', {
        container: { env: [{ name: 'NODE_OPTIONS', value: '--max-old-space-size=32' }] },
      }),
    ],
    roots: [['CAFE252', 'memory']],
  },
  {
    name: 'gate-out-of-memory',
    objects: () => [
      sleeper('web', {
        pod: {
          initContainers: [
            {
              name: 'warm',
              image: REDIS,
              command: ['sh', '-c', 'head -c 300000000 /dev/zero | tail'],
              resources: { limits: { memory: '32Mi' } },
            },
          ],
        },
      }),
    ],
    roots: [['CAFE252', 'warm']],
  },
  {
    name: 'killed-from-outside',
    objects: () => [deployment('web', ['sh', '-c', 'echo serves; sleep 3; exit 137'])],
    roots: [['CAFE251', 'killed from outside']],
  },
];

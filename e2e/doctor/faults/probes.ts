import type { Fault } from '../fault.js';
import { program, serving, sleeper, store, web } from '../objects.js';

export const probes: readonly Fault[] = [
  {
    name: 'liveness-port',
    objects: () => [
      sleeper('web', {
        container: { livenessProbe: { tcpSocket: { port: 9999 }, periodSeconds: 1, failureThreshold: 1 } },
      }),
    ],
    roots: [['CAFE261', '9999']],
  },
  {
    name: 'readiness-path',
    objects: () => [
      program('web', serving('/health'), {
        container: {
          readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 2 },
        },
      }),
    ],
    roots: [['CAFE262', '/healthz']],
  },
  {
    name: 'readiness-port',
    objects: () => [
      program('web', serving('/health'), {
        container: {
          readinessProbe: { httpGet: { path: '/health', port: 8081 }, periodSeconds: 2 },
        },
      }),
    ],
    roots: [['CAFE262', '8081']],
  },
  {
    name: 'start-too-slow',
    objects: () => [
      program('web', `setTimeout(() => { ${serving('/health')} }, 60000)`, {
        container: {
          startupProbe: { httpGet: { path: '/health', port: 8080 }, periodSeconds: 2, failureThreshold: 3 },
        },
      }),
    ],
    roots: [['CAFE261', 'startup']],
  },
  {
    name: 'readiness-too-slow',
    objects: () => [
      program('web', "require('http').createServer((q, a) => setTimeout(() => a.end(), 5000)).listen(8080)", {
        container: { readinessProbe: { httpGet: { path: '/health', port: 8080 }, periodSeconds: 3 } },
      }),
    ],
    roots: [['CAFE262', 'no answer in time']],
  },
  {
    name: 'liveness-500',
    objects: () => [
      program(
        'web',
        "require('http').createServer((q, a) => { a.statusCode = 500; a.end('pool is empty') }).listen(8080)",
        {
          container: {
            livenessProbe: { httpGet: { path: '/livez', port: 8080 }, periodSeconds: 1, failureThreshold: 2 },
          },
        },
      ),
    ],
    roots: [['CAFE261', '500']],
  },
  {
    name: 'readiness-503',
    objects: () => [
      program('web', "require('http').createServer((q, a) => { a.statusCode = 503; a.end() }).listen(8080)", {
        container: { readinessProbe: { httpGet: { path: '/readyz', port: 8080 }, periodSeconds: 2 } },
      }),
    ],
    roots: [['CAFE262', '503']],
  },
  {
    name: 'probe-program-missing',
    objects: () => [
      sleeper('web', {
        container: { readinessProbe: { exec: { command: ['/bin/is-ready'] }, periodSeconds: 2 } },
      }),
    ],
    roots: [['CAFE262', '/bin/is-ready']],
  },
  {
    name: 'probe-in-other-protocol',
    objects: () => [
      program('web', serving('/health'), {
        container: {
          readinessProbe: { httpGet: { path: '/health', port: 8080, scheme: 'HTTPS' }, periodSeconds: 2 },
        },
      }),
    ],
    roots: [['CAFE262', 'protocol']],
  },
  {
    name: 'listens-to-itself-alone',
    objects: () => [...store({}, ['redis-server', '--bind', '127.0.0.1']), ...web()],
    roots: [['CAFE262', '6379']],
  },
  {
    name: 'cpu-limit-too-small',
    probe: true,
    objects: () => [
      program(
        'web',
        // A third of a second of work for each answer: at a twentieth of a processor six seconds.
        "require('http').createServer((q, a) => { const until = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < until); a.end() }).listen(8080)",
        {
          container: {
            resources: { limits: { cpu: '50m' } },
            readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 5 },
          },
        },
      ),
    ],
    roots: [['CAFE256', 'limit of 50m']],
  },
  {
    name: 'readiness-gate',
    objects: () => [
      sleeper('web', { pod: { readinessGates: [{ conditionType: 'shop.example/registered' }] } }),
    ],
    roots: [['CAFE263', 'shop.example/registered']],
  },
];

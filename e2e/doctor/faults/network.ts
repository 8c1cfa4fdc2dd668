import type { Fault } from '../fault.js';
import {
  client,
  NODE,
  policy,
  program,
  replicated,
  service,
  serving,
  sleeper,
  store,
  web,
} from '../objects.js';

export const network: readonly Fault[] = [
  {
    name: 'selector-misspelled',
    objects: () => [store()[0] ?? {}, service('store', 6379, { selector: { app: 'stor' } }), ...web()],
    roots: [['CAFE271', 'app=store']],
  },
  {
    name: 'policy-in-the-way',
    objects: () => [
      ...store(),
      client(),
      policy('store', {
        podSelector: { matchLabels: { app: 'store' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'wed' } } }], ports: [{ port: 6379 }] }],
      }),
    ],
    roots: [['CAFE273', 'NetworkPolicy']],
  },
  {
    name: 'target-port-name',
    objects: () => [
      store()[0] ?? {},
      service('store', 6379, { ports: [{ name: 'main', port: 6379, targetPort: 'redis' }] }),
      ...web(),
    ],
    roots: [['CAFE272', 'redis']],
  },
  {
    name: 'ingress-misspelled',
    objects: () => [
      ...store(),
      ...web(),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'shop' },
        spec: {
          rules: [
            {
              http: {
                paths: [
                  {
                    path: '/',
                    pathType: 'Prefix',
                    backend: { service: { name: 'wep', port: { number: 80 } } },
                  },
                ],
              },
            },
          ],
        },
      },
    ],
    roots: [['CAFE276', 'wep']],
  },
  {
    name: 'port-of-service-missing',
    objects: () => [...store(), client('store', 6380)],
    roots: [['CAFE272', '6380']],
  },
  {
    name: 'target-port-number',
    objects: () => [
      store()[0] ?? {},
      service('store', 6379, { ports: [{ name: 'main', port: 6379, targetPort: 6380 }] }),
      client(),
    ],
    roots: [['CAFE272', '6380']],
  },
  {
    name: 'nothing-may-come-in',
    objects: () => [...store(), client(), policy('closed', { podSelector: {}, policyTypes: ['Ingress'] })],
    roots: [['CAFE273', 'closed']],
  },
  {
    name: 'nothing-may-go-out',
    objects: () => [
      ...store(),
      client(),
      policy('web', {
        podSelector: { matchLabels: { app: 'web' } },
        policyTypes: ['Egress'],
        egress: [
          {
            ports: [
              { port: 53, protocol: 'UDP' },
              { port: 53, protocol: 'TCP' },
            ],
          },
        ],
      }),
    ],
    roots: [['CAFE273', 'NetworkPolicy']],
  },
  {
    name: 'no-names-may-be-asked',
    objects: () => [
      ...store(),
      client(),
      policy('web', {
        podSelector: { matchLabels: { app: 'web' } },
        policyTypes: ['Egress'],
        egress: [{ to: [{ podSelector: { matchLabels: { app: 'store' } } }], ports: [{ port: 6379 }] }],
      }),
    ],
    roots: [['CAFE273', 'names']],
  },
  {
    name: 'addresses-by-hand',
    objects: () => [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'store' },
        spec: { ports: [{ name: 'main', port: 6379 }] },
      },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'store-1', labels: { 'kubernetes.io/service-name': 'store' } },
        addressType: 'IPv4',
        ports: [{ name: 'main', port: 6379 }],
        endpoints: [{ addresses: ['10.244.1.251'] }],
      },
      client(),
    ],
    roots: [['CAFE277', '10.244.1.251']],
  },
  {
    name: 'alias-of-nobody',
    objects: () => [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'store' },
        spec: { type: 'ExternalName', externalName: 'store.shop.example' },
      },
      client(),
    ],
    roots: [['CAFE277', 'store.shop.example']],
  },
  {
    name: 'scaled-to-nothing',
    objects: () => [replicated(store()[0] ?? {}, 0), service('store', 6379), client()],
    roots: [['CAFE296', 'store']],
  },
  {
    name: 'other-dns',
    objects: () => [
      ...store(),
      client('store', 6379, { pod: { dnsPolicy: 'None', dnsConfig: { nameservers: ['10.89.0.1'] } } }),
    ],
    roots: [['CAFE274', 'dnsPolicy is None']],
  },
  {
    name: 'port-already-taken',
    objects: () => [
      program('web', serving('/'), {
        pod: {
          containers: ['web', 'metrics'].map((name) => ({
            name,
            image: NODE,
            command: ['node', '-e', serving('/')],
          })),
        },
      }),
    ],
    roots: [['CAFE251', 'EADDRINUSE']],
  },
  {
    name: 'port-of-node-taken',
    objects: () => [
      replicated(sleeper('web', { container: { ports: [{ containerPort: 80, hostPort: 31987 }] } }), 4),
    ],
    roots: [['CAFE212', 'free ports']],
  },
];

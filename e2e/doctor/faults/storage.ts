import type { Fault } from '../fault.js';
import { claim, data, type KubernetesObject, mounting, sleeper } from '../objects.js';

export const storage: readonly Fault[] = [
  {
    name: 'claim-missing',
    objects: () => [
      sleeper('web', {
        pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shop-data' } }] },
      }),
    ],
    roots: [['CAFE241', 'shop-data']],
  },
  {
    name: 'class-missing',
    objects: () => [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'shop-data' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'standart',
          resources: { requests: { storage: '1Gi' } },
        },
      },
      sleeper('web', {
        pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shop-data' } }] },
      }),
    ],
    roots: [['CAFE242', 'standart']],
  },
  {
    name: 'class-empty',
    objects: () => [
      claim('shop-data', { storageClassName: '' }),
      sleeper('web', { pod: mounting('shop-data') }),
    ],
    roots: [['CAFE243', 'no storage class is set']],
  },
  {
    name: 'volume-missing',
    objects: () => [
      claim('shop-data', { volumeName: 'shop-volume-of-yesterday' }),
      sleeper('web', { pod: mounting('shop-data') }),
    ],
    roots: [['CAFE243', 'shop-volume-of-yesterday']],
  },
  {
    name: 'folder-of-node-missing',
    objects: () => [
      sleeper('web', {
        pod: { volumes: [{ name: 'data', hostPath: { path: '/srv/shop-data', type: 'Directory' } }] },
        container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      }),
    ],
    roots: [['CAFE244', '/srv/shop-data']],
  },
  {
    name: 'volume-on-lost-node',
    objects: (namespace) => [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: namespace },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          storageClassName: namespace,
          local: { path: '/srv' },
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['worker-9'] }],
                },
              ],
            },
          },
        },
      },
      claim('shop-data', { storageClassName: namespace, volumeName: namespace }),
      sleeper('web', { pod: mounting('shop-data') }),
    ],
    roots: [['CAFE245', 'where its volume lies']],
  },
  {
    name: 'claim-lost',
    objects: (namespace) => [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: namespace },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          storageClassName: namespace,
          hostPath: { path: '/srv' },
        },
      },
      claim('shop-data', { storageClassName: namespace, volumeName: namespace }),
      sleeper('web', { pod: mounting('shop-data') }),
    ],
    then: [
      'kubectl wait --for=jsonpath={.status.phase}=Bound pvc/shop-data --timeout=60s',
      `kubectl delete pv $NAMESPACE --wait=false && kubectl patch pv $NAMESPACE --type=merge -p '{"metadata":{"finalizers":null}}'`,
    ],
    roots: [['CAFE246', 'shop-data']],
  },
  {
    name: 'class-of-template-missing',
    objects: () => {
      const { spec, ...rest } = sleeper('web');
      const template = claim('data', { storageClassName: 'fast' });
      return [
        {
          ...rest,
          kind: 'StatefulSet',
          spec: { ...(spec as KubernetesObject), serviceName: 'web', volumeClaimTemplates: [template] },
        },
      ];
    },
    roots: [['CAFE242', 'fast']],
  },
  {
    name: 'file-over-folder',
    objects: () => [
      data('ConfigMap', 'settings', { 'shop.conf': 'x' }),
      sleeper('web', {
        pod: { volumes: [{ name: 'settings', configMap: { name: 'settings' } }] },
        container: { volumeMounts: [{ name: 'settings', mountPath: '/etc', subPath: 'shop.conf' }] },
      }),
    ],
    roots: [['CAFE236', 'web']],
  },
];

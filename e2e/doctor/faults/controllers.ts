import type { Fault } from '../fault.js';
import { paused, sleeper } from '../objects.js';

export const controllers: readonly Fault[] = [
  {
    name: 'autoscaler-without-target',
    objects: () => [
      sleeper('web'),
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'webb' },
          minReplicas: 1,
          maxReplicas: 2,
        },
      },
    ],
    roots: [['CAFE293', 'webb']],
  },
  {
    name: 'autoscaler-without-metrics',
    objects: () => [
      sleeper('web', { container: { resources: { requests: { cpu: '10m' } } } }),
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          minReplicas: 1,
          maxReplicas: 2,
          metrics: [
            {
              type: 'Resource',
              resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
            },
          ],
        },
      },
    ],
    roots: [['CAFE292', 'metrics']],
  },
  {
    name: 'does-not-go',
    objects: () => [sleeper('web')],
    then: [
      'kubectl rollout status deployment/web --timeout=60s',
      `pod=$(kubectl get pod -l app=web -o name); kubectl patch $pod --type=merge -p '{"metadata":{"finalizers":["shop.example/keep"]}}'; kubectl delete $pod --wait=false`,
    ],
    restore: [
      `kubectl get pod -o name | xargs -r -n1 kubectl -n "$NAMESPACE" patch --type=merge -p '{"metadata":{"finalizers":null}}'`,
    ],
    roots: [['CAFE294', 'shop.example/keep']],
  },
  {
    name: 'paused',
    objects: () => [paused(sleeper('web'))],
    roots: [['CAFE295', 'paused']],
  },
];

import type { Fault } from '../fault.js';
import { deployment, job, replicated, scheduled, sleeper } from '../objects.js';

export const placing: readonly Fault[] = [
  {
    name: 'too-much-cpu',
    objects: () => [sleeper('web', { container: { resources: { requests: { cpu: '640' } } } })],
    roots: [['CAFE211', 'cpu']],
  },
  {
    name: 'no-such-node',
    objects: () => [sleeper('web', { pod: { nodeSelector: { disk: 'nvme' } } })],
    roots: [['CAFE212', 'web']],
  },
  {
    name: 'quota',
    objects: () => [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard: { pods: '0' } } },
      sleeper('web'),
    ],
    roots: [['CAFE213', 'few']],
  },
  {
    name: 'pod-security',
    objects: () => [sleeper('web')],
    security: 'restricted',
    roots: [['CAFE214', 'restricted']],
  },
  {
    name: 'account-missing',
    objects: () => [sleeper('web', { pod: { serviceAccountName: 'shop' } })],
    roots: [['CAFE215', 'shop']],
  },
  {
    name: 'webhook-away',
    objects: (namespace) => [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: namespace },
        webhooks: [
          {
            name: 'agree.shop.example',
            failurePolicy: 'Fail',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
            timeoutSeconds: 2,
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
            clientConfig: { service: { name: 'agree', namespace, path: '/' } },
          },
        ],
      },
      sleeper('web'),
    ],
    roots: [['CAFE216', 'agree.shop.example']],
  },
  {
    name: 'too-much-memory',
    objects: () => [sleeper('web', { container: { resources: { requests: { memory: '900Gi' } } } })],
    roots: [['CAFE211', 'memory']],
  },
  {
    name: 'no-such-device',
    objects: () => [sleeper('web', { container: { resources: { limits: { 'example.com/gpu': '1' } } } })],
    roots: [['CAFE211', 'example.com/gpu']],
  },
  {
    name: 'too-few-nodes',
    objects: () => [
      replicated(
        sleeper('web', {
          pod: {
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
                ],
              },
            },
          },
        }),
        4,
      ),
    ],
    roots: [['CAFE212', 'anti-affinity']],
  },
  {
    name: 'spread-over-nothing',
    objects: () => [
      sleeper('web', {
        pod: {
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'example.com/rack',
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: { matchLabels: { app: 'web' } },
            },
          ],
        },
      }),
    ],
    roots: [['CAFE212', 'topology spread']],
  },
  {
    name: 'quota-wants-requests',
    objects: () => [
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'memory' },
        spec: { hard: { 'requests.memory': '1Gi' } },
      },
      sleeper('web'),
    ],
    roots: [['CAFE213', 'requests.memory']],
  },
  {
    name: 'limit-range',
    objects: () => [
      {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'small' },
        spec: { limits: [{ type: 'Container', max: { memory: '64Mi' } }] },
      },
      sleeper('web', { container: { resources: { limits: { memory: '128Mi' } } } }),
    ],
    roots: [['CAFE217', '64Mi']],
  },
  {
    name: 'priority-missing',
    objects: () => [sleeper('web', { pod: { priorityClassName: 'shop-first' } })],
    roots: [['CAFE215', 'shop-first']],
  },
  {
    name: 'admission-policy',
    objects: (namespace) => [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: namespace },
        spec: {
          matchConstraints: {
            resourceRules: [
              { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
            ],
          },
          validations: [
            { expression: 'has(object.metadata.labels.team)', message: 'a pod must name its team' },
          ],
        },
      },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: namespace },
        spec: {
          policyName: namespace,
          validationActions: ['Deny'],
          matchResources: {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          },
        },
      },
      deployment('web', ['sleep', '100000']),
    ],
    then: ['sleep 5; kubectl delete pod --all --wait=false; kubectl rollout restart deployment/web'],
    roots: [['CAFE217', 'must name its team']],
  },
  {
    name: 'sysctl-forbidden',
    objects: () => [
      sleeper('web', {
        pod: {
          securityContext: {
            sysctls: [
              { name: 'kernel.shm_rmid_forced', value: '1' },
              { name: 'net.core.somaxconn', value: '99' },
            ],
          },
        },
      }),
    ],
    roots: [['CAFE218', 'SysctlForbidden']],
  },
  {
    name: 'scheduler-of-another-name',
    objects: () => [sleeper('web', { pod: { schedulerName: 'shop-scheduler' } })],
    roots: [['CAFE219', 'shop-scheduler']],
  },
  {
    name: 'scheduling-gate',
    objects: () => [sleeper('web', { pod: { schedulingGates: [{ name: 'shop.example/budget' }] } })],
    roots: [['CAFE219', 'shop.example/budget']],
  },
  {
    name: 'scheduled-job-refused',
    objects: () => [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard: { pods: '0' } } },
      scheduled('report', job('report', 'Never', 'true')),
    ],
    then: ['kubectl create job --from=cronjob/report report-1'],
    roots: [['CAFE213', 'few']],
  },
];

import type { Fault } from '../fault.js';
import { client, sleeper, store } from '../objects.js';

const NODE = 'worker-3';
const ALL = 'worker-1 worker-2 worker-3';

export const nodes: readonly Fault[] = [
  {
    name: 'all-nodes-closed',
    before: [`kubectl cordon ${ALL}`],
    objects: () => [sleeper('web')],
    restore: [`kubectl uncordon ${ALL}`],
    roots: [['CAFE212', 'unschedulable']],
  },
  {
    name: 'all-nodes-tainted',
    before: [`kubectl taint node ${ALL} shop.example/only=billing:NoSchedule --overwrite`],
    objects: () => [sleeper('web')],
    restore: [`kubectl taint node ${ALL} shop.example/only-`],
    roots: [['CAFE212', 'shop.example/only']],
  },
  {
    name: 'dns-away',
    before: ['kubectl -n kube-system scale deployment/coredns --replicas=0', 'sleep 5'],
    objects: () => [...store(), client()],
    restore: ['kubectl -n kube-system scale deployment/coredns --replicas=2'],
    roots: [['CAFE203', 'DNS']],
  },
  {
    name: 'node-without-power',
    objects: () => [sleeper('web', { pod: { nodeSelector: { 'kubernetes.io/hostname': NODE } } })],
    then: ['kubectl rollout status deployment/web --timeout=60s', `\${NODE_STOP_COMMAND:?} ${NODE}`],
    restore: [`$NODE_START_COMMAND ${NODE}`],
    roots: [['CAFE201', NODE]],
  },
];

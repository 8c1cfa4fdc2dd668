import { DNS_NAMESPACE, DNS_SERVICE } from '../reading/kinds.js';
import { conditionOf, type LiveCluster } from '../model/live-cluster.js';
import { type Cause, DNS } from './cause.js';

/** A node that restarts is back by then; the control plane moves its pods after five minutes. */
const RESTART_SECONDS = 120;

/** Nodes that are away, and the cluster's DNS. */
export function nodeCauses(cluster: LiveCluster): readonly Cause[] {
  return [...cluster.nodes.flatMap((node) => ofNode(cluster, node)), ...ofDns(cluster)];
}

function ofNode(cluster: LiveCluster, node: LiveCluster['nodes'][number]): readonly Cause[] {
  const { name } = node.metadata;
  const title = `Node ${name}`;
  const ready = conditionOf(node, 'Ready');
  if (ready && ready.status !== 'True') {
    if (cluster.secondsSince(ready.lastTransitionTime) < RESTART_SECONDS) return [];
    return [
      {
        code: 'CAFE201',
        verdict: 'proven',
        key: name,
        sentence: `node ${name} ${ready.status === 'Unknown' ? 'does not report any more' : `is not ready: ${ready.message}`}`,
        evidence: [
          {
            object: title,
            field: 'status.conditions[Ready]',
            value: `${ready.status}, ${ready.reason}: ${ready.message}`,
            at: ready.lastTransitionTime,
          },
        ],
        breaks: [title],
        mend: `start the node or its kubelet; if it is gone for good: kubectl delete node ${name}`,
      },
    ];
  }
  return ['MemoryPressure', 'DiskPressure', 'PIDPressure'].flatMap((type): Cause[] => {
    const pressure = conditionOf(node, type);
    if (pressure?.status !== 'True') return [];
    return [
      {
        code: 'CAFE202',
        verdict: 'proven',
        key: `${name} ${type}`,
        sentence: `node ${name} has too little ${type === 'DiskPressure' ? 'disk' : type === 'MemoryPressure' ? 'memory' : 'process ids'}: it evicts pods and takes no new ones`,
        evidence: [
          {
            object: title,
            field: `status.conditions[${type}]`,
            value: `True, ${pressure.reason}: ${pressure.message}`,
            at: pressure.lastTransitionTime,
          },
        ],
        breaks: [title],
        mend: `kubectl describe node ${name}   # what uses it; then free it, or move pods away`,
      },
    ];
  });
}

/** Only where its slices were read, and there are some: clusters name their DNS as they like. */
function ofDns(cluster: LiveCluster): readonly Cause[] {
  const slices = cluster.slicesOf(DNS_NAMESPACE, DNS_SERVICE);
  if (slices.length === 0 || cluster.readyEndpoints(DNS_NAMESPACE, DNS_SERVICE) > 0) return [];
  return [
    {
      code: 'CAFE203',
      verdict: 'proven',
      key: DNS_SERVICE,
      sentence: `no pod of the cluster's DNS (Service ${DNS_NAMESPACE}/${DNS_SERVICE}) is ready: no name resolves`,
      evidence: [
        {
          object: `EndpointSlice ${DNS_NAMESPACE}/${slices[0]?.metadata.name ?? ''}`,
          field: 'endpoints',
          value: 'none that is ready',
        },
      ],
      breaks: [DNS],
      mend: `kubectl -n ${DNS_NAMESPACE} get pods -l k8s-app=kube-dns   # then: cafe doctor -n ${DNS_NAMESPACE}`,
    },
  ];
}

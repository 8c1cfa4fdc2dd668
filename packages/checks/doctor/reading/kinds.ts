/** A kind that is read. */
export interface ReadKind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  /** Which of them, as a query of the API. @default - all */
  readonly query?: string;
}

const of = (apiVersion: string, kinds: Readonly<Record<string, string>>): readonly ReadKind[] =>
  Object.entries(kinds).map(([kind, plural]) => ({ kind, apiVersion, plural }));

/** What is read of each namespace. */
export const NAMESPACED: readonly ReadKind[] = [
  ...of('v1', {
    Pod: 'pods',
    Service: 'services',
    ConfigMap: 'configmaps',
    Secret: 'secrets',
    Event: 'events',
    PersistentVolumeClaim: 'persistentvolumeclaims',
    ResourceQuota: 'resourcequotas',
    LimitRange: 'limitranges',
    ServiceAccount: 'serviceaccounts',
  }),
  ...of('apps/v1', {
    Deployment: 'deployments',
    ReplicaSet: 'replicasets',
    StatefulSet: 'statefulsets',
    DaemonSet: 'daemonsets',
  }),
  ...of('batch/v1', { Job: 'jobs', CronJob: 'cronjobs' }),
  ...of('discovery.k8s.io/v1', { EndpointSlice: 'endpointslices' }),
  ...of('networking.k8s.io/v1', { NetworkPolicy: 'networkpolicies', Ingress: 'ingresses' }),
  ...of('autoscaling/v2', { HorizontalPodAutoscaler: 'horizontalpodautoscalers' }),
  ...of('postgresql.cnpg.io/v1', { Cluster: 'clusters' }),
];

/** What is read of the whole cluster. */
export const CLUSTER_WIDE: readonly ReadKind[] = [
  ...of('v1', { Node: 'nodes', Namespace: 'namespaces', PersistentVolume: 'persistentvolumes' }),
  ...of('storage.k8s.io/v1', { StorageClass: 'storageclasses' }),
  ...of('scheduling.k8s.io/v1', { PriorityClass: 'priorityclasses' }),
  ...of('admissionregistration.k8s.io/v1', {
    ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
    MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
  }),
];

/** Where the cluster's DNS is found, whatever serves it. */
export const DNS_NAMESPACE = 'kube-system';
export const DNS_SERVICE = 'kube-dns';
/** Of the cluster's DNS only who answers. */
export const DNS_ENDPOINTS: ReadKind = {
  kind: 'EndpointSlice',
  apiVersion: 'discovery.k8s.io/v1',
  plural: 'endpointslices',
  query: `labelSelector=kubernetes.io/service-name%3D${DNS_SERVICE}`,
};

/** The path of the API at which all of a kind are. */
export function pathOf({ apiVersion, plural, query }: ReadKind, namespace?: string): string {
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `${group}${place}/${plural}${query === undefined ? '' : `?${query}`}`;
}

/** Where an API of somebody's own says that it is there. */
export const apiOf = ({ apiVersion }: ReadKind): string | undefined =>
  /\.k8s\.io\/|^(?:v1|apps\/|batch\/|autoscaling\/)/.test(apiVersion) ? undefined : `/apis/${apiVersion}`;

/** The right that reading it takes, as `kubectl auth can-i` has it. */
export function rightOf({ apiVersion, plural }: ReadKind, namespace?: string): string {
  const [group, version] = apiVersion.split('/');
  return `list ${plural}${version === undefined ? '' : `.${group ?? ''}`}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}

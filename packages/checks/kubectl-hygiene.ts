import type { Cluster } from './cluster.js';
import type { Finding } from './finding.js';
import { isRecord, type Manifest, titleOf } from './manifest.js';
import { hygieneFinding as say } from './hygiene-finding.js';
import { immutable } from './immutable-fields.js';
import type { Check } from './options.js';

/** RFC 1123 label; RFC 1035 for a Service; a subdomain for the other names. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SERVICE = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_KEY =
  /^(?:[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const RBAC = /^(?:Cluster)?Role(?:Binding)?$/;
/** Kinds without a namespace. */
const WIDE =
  /^(?:Namespace|Node|PersistentVolume|StorageClass|PriorityClass|IngressClass|RuntimeClass|CustomResourceDefinition|ClusterRole|ClusterRoleBinding|APIService|CSIDriver|.*WebhookConfiguration|ValidatingAdmissionPolicy.*)$/;

/** `kubectl apply -f` takes the directory as it is. */
export const kubectlHygiene: Check = (cluster, { unreadable = [], previous = [], releases = [] }) => {
  const rendered = new Set(releases.flatMap(({ manifests }) => manifests));
  const own = cluster.manifests.filter((manifest) => !rendered.has(manifest));
  return [
    ...unreadable.map(({ source, problem }): Finding => ({
      id: 'CAFE101',
      severity: 'error',
      object: source,
      field: 'the file',
      found: problem,
      expected:
        'Kubernetes objects only: kubectl reads each .yaml, .yml and .json at the top level of the directory, and fails as a whole',
      change: `move ${source} into a folder below, or mend it`,
    })),
    ...cluster.misshapen,
    ...cluster.manifests.flatMap(names),
    ...duplicates(cluster),
    ...namespaces(own),
    ...kustomization(own),
    ...immutable(own, previous),
    ...encoding(cluster),
  ];
};

function names(manifest: Manifest): Finding[] {
  const { kind, name, content } = manifest;
  const metadata = isRecord(content['metadata']) ? content['metadata'] : {};
  const findings: Finding[] = [];
  const pattern = kind === 'Service' ? SERVICE : kind === 'Namespace' ? LABEL : SUBDOMAIN;
  if (name === '' && typeof metadata['generateName'] !== 'string') {
    findings.push(say(manifest, 'CAFE102', 'metadata.name', 'nothing', 'a name', 'give the object a name'));
  } else if (name !== '' && !RBAC.test(kind) && !pattern.test(name)) {
    const likely = name
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/g, '-')
      .replaceAll(kind === 'Service' ? /^[^a-z]+|-+$/g : /^-+|-+$/g, '')
      .slice(0, 63);
    findings.push(
      say(
        manifest,
        'CAFE102',
        'metadata.name',
        name,
        `1 to ${pattern === SUBDOMAIN ? '253' : '63'} of a-z, 0-9 and "-"${pattern === SUBDOMAIN ? ' and "."' : ''}, ${kind === 'Service' ? 'beginning with a letter' : 'not at an end'}; the API server refuses it`,
        `rename it to ${likely}, and what refers to it`,
        likely,
      ),
    );
  }
  const labels = isRecord(metadata['labels']) ? metadata['labels'] : {};
  for (const [key, value] of Object.entries(labels)) {
    if (typeof value === 'string' && LABEL_KEY.test(key) && LABEL_VALUE.test(value)) continue;
    findings.push(
      say(
        manifest,
        'CAFE102',
        `metadata.labels[${key}]`,
        JSON.stringify(value),
        'a text of at most 63 of A-Z, a-z, 0-9, "-", "_" and ".", with a letter or digit at both ends',
        typeof value === 'string'
          ? 'shorten or rename the label; long texts belong into annotations'
          : `put the value in quotes: "${String(value)}"`,
      ),
    );
  }
  return findings;
}

function duplicates(cluster: Cluster): Finding[] {
  const seen = new Map<string, Manifest>();
  return cluster.manifests.flatMap((manifest): Finding[] => {
    const key = `${manifest.apiVersion.split('/')[0] ?? ''} ${titleOf(manifest)}`;
    const first = seen.get(key);
    if (!first || manifest.name === '') {
      seen.set(key, manifest);
      return [];
    }
    return [
      say(
        manifest,
        'CAFE103',
        'metadata.name',
        `the same name twice, in ${first.source} and ${manifest.source}`,
        'each object once: the second apply overwrites the first without a word',
        'delete one of the two, or rename it',
      ),
    ];
  });
}

/** Some objects name their namespace and some do not: those go wherever kubectl's context points to. */
function namespaces(manifests: readonly Manifest[]): Finding[] {
  const namespaced = manifests.filter(({ kind, apiVersion }) => !WIDE.test(kind) && isCoreOrK8s(apiVersion));
  const [named] = namespaced.filter(({ namespace }) => namespace !== '');
  if (!named) return [];
  return namespaced
    .filter(({ namespace, name }) => namespace === '' && name !== '')
    .map((manifest) =>
      say(
        manifest,
        'CAFE104',
        'metadata.namespace',
        'nothing',
        `a namespace, as the others have: this object goes to the one of kubectl's context, where nobody looks for it`,
        `set metadata.namespace to ${named.namespace}`,
        named.namespace,
      ),
    );
}

const isCoreOrK8s = (apiVersion: string): boolean =>
  !apiVersion.includes('/') || /^(?:apps|batch|autoscaling|policy|[a-z.]+\.k8s\.io)\//.test(apiVersion);

function kustomization(manifests: readonly Manifest[]): Finding[] {
  return manifests
    .filter(({ apiVersion }) => apiVersion.startsWith('kustomize.config.k8s.io/'))
    .map((manifest) =>
      say(
        { ...manifest, name: manifest.source },
        'CAFE101',
        'the file',
        'a kustomization',
        'objects of the cluster: kubectl apply -f has no such kind, and fails as a whole',
        `move ${manifest.source} out of the directory, or apply it with -k`,
      ),
    );
}

function encoding(cluster: Cluster): Finding[] {
  return [...cluster.secrets.values()].flatMap((secret) =>
    Object.entries(secret.typed.data).flatMap(([key, value]): Finding[] =>
      /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value.replaceAll(/\s/g, ''))
        ? []
        : [
            say(
              secret,
              'CAFE106',
              `data.${key}`,
              'a text that is not base64 (not repeated here)',
              'base64: the API server refuses it',
              `encode it, or move ${key} to stringData`,
            ),
          ],
    ),
  );
}

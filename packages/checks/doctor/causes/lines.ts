import { edges } from '../../model/connections.js';
import { isRecord, titleOf } from '../../model/manifest.js';
import type { LiveCluster, LiveWorkload, Title } from '../model/live-cluster.js';
import type { Live } from '../model/live-schemas.js';
import { type Cause, DNS, edgeOf, type Evidence } from './cause.js';
import { kindAndName } from './placing.js';
import { hostIn, type Meaning, meaningOf, type TellingLine } from './said.js';

/** The cause that a program's own line names, if its words are known. */
export function causeOfLine(
  cluster: LiveCluster,
  workload: LiveWorkload,
  pod: Live<'Pod'>,
  line: TellingLine | undefined,
  evidence: readonly Evidence[],
): Cause | undefined {
  const meaning = line === undefined ? undefined : meaningOf(line.text);
  if (!line || !meaning) return undefined;
  const sure = line.isLast
    ? { verdict: 'proven' as const }
    : { verdict: 'likely' as const, decide: 'whether what it says behind that line follows from it' };
  const { title, namespace } = workload;
  const other = meaning.host === undefined ? undefined : ownerOfHost(cluster, namespace, meaning.host);
  const common = { evidence, breaks: [title], mend: mendOf(workload, pod, meaning) };
  if (meaning.code === 'CAFE274') return nameCause(cluster, workload, pod, { meaning, other, common });
  const key = meaning.code === 'CAFE281' ? passwordKey(workload, pod) : `${title} ${meaning.host ?? ''}`;
  if (!meaning.blamesOthers) {
    return {
      ...common,
      code: meaning.code,
      ...sure,
      key,
      sentence: `${title}: ${meaning.sentence}${meaning.code === 'CAFE281' ? passwordSource(cluster, workload, pod) : ''}`,
    };
  }
  const blamed = other === undefined ? configuredWith(cluster, title) : [other];
  return {
    ...common,
    code: meaning.code,
    key,
    blames: blamed.flatMap((each) => [each, edgeOf(title, each)]),
    ...(meaning.isAnswer
      ? { ...sure, sentence: `${title}: ${meaning.sentence}` }
      : {
          verdict: 'cannot tell' as const,
          sentence: `${title}: ${meaning.sentence}${other === undefined ? '' : ` by ${other}`}`,
          decide:
            other === undefined
              ? 'which address it asks, and whether that answers from inside the pod'
              : `whether ${other} answers from inside a pod of ${title}`,
        }),
  };
}

/** A name that does not resolve: either nobody has it, or the one who answers is away. */
function nameCause(
  cluster: LiveCluster,
  { title, namespace, kind, name: own }: LiveWorkload,
  { spec: { dnsPolicy, hostNetwork } }: Live<'Pod'>,
  {
    meaning: { host },
    other,
    common,
  }: {
    readonly meaning: Meaning;
    readonly other: Title | undefined;
    readonly common: Pick<Cause, 'evidence' | 'breaks' | 'mend'>;
  },
): Cause {
  const bare = host?.replace(/\.$/, '').replace(/\.cluster\.local$/, '');
  const [name = '', place = namespace, ...rest] = bare?.replace(/\.svc$/, '').split('.') ?? [];
  const isOurs =
    bare !== undefined &&
    rest.length === 0 &&
    (!bare.includes('.') || bare.endsWith('.svc') || cluster.reading.namespaces.includes(place));
  if (isOurs && other === undefined && cluster.isRead('Service', place)) {
    const likely = cluster.nearestName('Service', place, name);
    return {
      ...common,
      code: 'CAFE233',
      verdict: 'proven',
      key: `${namespace} ${host ?? ''}`,
      sentence: `${title} asks for the host ${host ?? ''}, which no Service has${likely === undefined ? '' : `; probably meant: ${likely}`}`,
      mend:
        likely === undefined
          ? `correct the host in ${title}, or make Service ${place}/${name}`
          : `set the host to ${likely}, or make Service ${place}/${name}`,
    };
  }
  // These ask the node's DNS, or one of their own: it knows no Service.
  const asksElsewhere =
    dnsPolicy === 'None' || dnsPolicy === 'Default' || (hostNetwork && dnsPolicy === 'ClusterFirst');
  if (asksElsewhere && other !== undefined) {
    return {
      ...common,
      code: 'CAFE274',
      verdict: 'proven',
      key: `${title} dnsPolicy`,
      sentence: `the pods of ${title} do not ask the cluster's DNS, which alone knows ${other}: ${hostNetwork ? 'they are on the network of their node, ' : ''}dnsPolicy is ${dnsPolicy}`,
      mend: `kubectl -n ${namespace} edit ${kindAndName({ kind, name: own })}   # dnsPolicy: ${hostNetwork ? 'ClusterFirstWithHostNet' : 'ClusterFirst'}`,
    };
  }
  return {
    ...common,
    code: 'CAFE274',
    verdict: 'cannot tell',
    key: `${title} ${host ?? ''}`,
    sentence: `${title}: the name ${host ?? 'that it asks for'} does not resolve${other === undefined ? '' : `, although ${other} is there`}`,
    blames: [DNS, edgeOf(title, DNS), ...(other === undefined ? [] : [other])],
    decide: `whether the cluster's DNS answers from inside a pod of ${title}`,
  };
}

/** Who has a host name or an address: a Service, or the workload of a pod. */
export function ownerOfHost(cluster: LiveCluster, namespace: string, host: string): Title | undefined {
  const name = host
    .replace(/\.$/, '')
    .replace(/\.cluster\.local$/, '')
    .replace(/\.svc$/, '');
  const [service = '', place = namespace] = name.split('.');
  if (cluster.has('Service', place, service))
    return titleOf({ kind: 'Service', namespace: place, name: service });
  const byAddress = cluster.services.find(({ spec }) => spec.clusterIP === host);
  if (byAddress) return titleOf({ kind: 'Service', ...pick(byAddress.metadata) });
  const pod = cluster.pods.find(({ status }) => status.podIP === host);
  return pod && cluster.workloadOf(pod)?.title;
}

const pick = ({ namespace, name }: { readonly namespace: string; readonly name: string }) => ({
  namespace,
  name,
});

/** Whose fault a line may be whose words are not known: those that it names, or all when it speaks of a connection. */
export function namedIn(
  cluster: LiveCluster,
  { title, namespace }: LiveWorkload,
  line: string,
): readonly Title[] {
  const host = hostIn(line);
  const other = host === undefined ? undefined : ownerOfHost(cluster, namespace, host);
  if (other !== undefined) return [other];
  const configured = configuredWith(cluster, title);
  const words = new Set(line.split(/[^\w-]+/));
  const named = configured.filter((service) => words.has(service.split('/')[1] ?? ''));
  return named.length > 0 || !/connect|upstream|server closed|broken pipe/i.test(line) ? named : configured;
}

/** The Services that a workload is configured with. */
function configuredWith(cluster: LiveCluster, title: Title): readonly Title[] {
  return [
    ...new Set(
      edges(cluster.declared).flatMap(({ workload, service }) =>
        titleOf(workload) === title ? [titleOf(service)] : [],
      ),
    ),
  ];
}

/** The Secret and key that a password comes from. */
function passwordReference({
  spec,
}: Live<'Pod'>): { readonly name: string; readonly key: string } | undefined {
  for (const container of [...spec.containers, ...spec.initContainers]) {
    const { env } = container;
    if (!Array.isArray(env)) continue;
    for (const variable of env as readonly unknown[]) {
      if (!isRecord(variable) || !/PASS|PWD/i.test(String(variable['name']))) continue;
      const from = variable['valueFrom'];
      const reference = isRecord(from) ? from['secretKeyRef'] : undefined;
      if (isRecord(reference)) return { name: String(reference['name']), key: String(reference['key']) };
    }
  }
  return undefined;
}

const passwordKey = ({ namespace, title }: LiveWorkload, pod: Live<'Pod'>): string => {
  const reference = passwordReference(pod);
  return reference ? `${namespace} ${reference.name} ${reference.key}` : title;
};

function passwordSource(cluster: LiveCluster, { title, namespace }: LiveWorkload, pod: Live<'Pod'>): string {
  const reference = passwordReference(pod);
  if (!reference) return '';
  const store = configuredWith(cluster, title)
    .flatMap((service) => cluster.podsBehind(service))
    .find((other) => {
      const its = other.metadata.namespace === namespace ? passwordReference(other) : undefined;
      return its?.name === reference.name && its.key === reference.key;
    });
  const source = `; it has it from key ${reference.key} of Secret ${reference.name}`;
  return store
    ? `${source}, as ${cluster.workloadOf(store)?.title ?? 'the store'} has: its volume is older than this password, and keeps the one that it was made with`
    : `${source}. A database keeps the password that its volume was made with`;
}

function mendOf({ namespace }: LiveWorkload, pod: Live<'Pod'>, { code, change }: Meaning): string {
  const reference = code === 'CAFE281' ? passwordReference(pod) : undefined;
  return reference
    ? `kubectl -n ${namespace} edit secret ${reference.name}   # ${reference.key}: the password that the store has; or give the role this one (ALTER ROLE … PASSWORD)`
    : change;
}

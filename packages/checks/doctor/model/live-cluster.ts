import type { z } from 'zod';
import { Cluster } from '../../model/cluster.js';
import { isRecord, type Manifest, titleOf, toManifests } from '../../model/manifest.js';
import { matches } from '../../model/label-selector.js';
import { nearest } from '../../model/nearest-name.js';
import { CLUSTER_WIDE, NAMESPACED } from '../reading/kinds.js';
import type { ContainerLog, Reading } from '../reading/reading.js';
import { type Condition, type Live, LIVE } from './live-schemas.js';

/** A title of an object, such as `Deployment shop/web`: a node of the graph. */
export type Title = string;

/** What makes pods, with the pods that it made. */
export interface LiveWorkload {
  readonly title: Title;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Nothing for a pod without an owner. */
  readonly live: Live<'Workload'> | undefined;
  /** Those that are not on their way out, the oldest first. */
  readonly pods: readonly Live<'Pod'>[];
}

/** What happened to an object. */
export interface LiveEvent {
  readonly reason: string;
  readonly message: string;
  readonly isWarning: boolean;
  readonly count: number;
  /** When it was seen last. */
  readonly at: string;
  readonly field: string;
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'];

const EVENT_SECONDS = 900;

/** Those of each key, in their order. */
function grouped<Each>(all: readonly Each[], keyOf: (each: Each) => string): ReadonlyMap<string, Each[]> {
  const groups = new Map<string, Each[]>();
  for (const each of all) {
    const group = groups.get(keyOf(each));
    if (group) group.push(each);
    else groups.set(keyOf(each), [each]);
  }
  return groups;
}

/**
 * What was read, with an index for each question that the causes ask: asked for each pod, a look through all objects takes
 * minutes in a large cluster.
 */
export class LiveCluster {
  /** The same objects as the checks see them: those that somebody wrote, not those that controllers made of them. */
  readonly declared: Cluster;
  readonly pods: readonly Live<'Pod'>[];
  readonly nodes: readonly Live<'Node'>[];
  readonly claims: readonly Live<'Claim'>[];
  readonly storageClasses: readonly Live<'StorageClass'>[];
  readonly autoscalers: readonly Live<'Autoscaler'>[];
  readonly services: readonly Live<'Service'>[];
  readonly postgresClusters: readonly Live<'PostgresCluster'>[];
  readonly secrets: readonly Live<'Secret'>[];
  readonly workloads: readonly LiveWorkload[];
  /** Those of CronJobs as well, the oldest first. */
  readonly jobs: readonly Live<'Workload'>[];
  /** When it was read, in milliseconds. */
  readonly now: number;
  private readonly byKind: ReadonlyMap<string, readonly Manifest[]>;
  private readonly byTitle = new Map<Title, Readonly<Record<string, unknown>>>();
  private readonly byUid = new Map<string, Manifest>();
  private readonly eventsByObject = new Map<Title, LiveEvent[]>();
  private readonly workloadOfPod = new Map<string, LiveWorkload>();
  private readonly podsByNamespace: ReadonlyMap<string, readonly Live<'Pod'>[]>;
  private readonly slicesByService: ReadonlyMap<string, readonly Live<'EndpointSlice'>[]>;
  private readonly logsByPod: ReadonlyMap<string, readonly ContainerLog[]>;
  private readonly servicesByTitle: ReadonlyMap<Title, Live<'Service'>>;
  private readonly workloadsByTitle: ReadonlyMap<Title, LiveWorkload>;

  constructor(readonly reading: Reading) {
    this.now = Date.parse(reading.takenAt);
    const manifests = toManifests(reading.objects, 'the cluster');
    this.byKind = grouped(manifests, ({ kind }) => kind);
    for (const manifest of manifests) {
      const uid = uidOf(manifest);
      if (uid !== '') this.byUid.set(uid, manifest);
      this.byTitle.set(titleOf(manifest), manifest.content);
    }
    this.pods = this.read('Pod', LIVE.Pod).sort((left, right) => ageOrder(left, right));
    this.podsByNamespace = grouped(this.pods, ({ metadata }) => metadata.namespace);
    this.nodes = this.read('Node', LIVE.Node);
    this.claims = this.read('PersistentVolumeClaim', LIVE.Claim);
    this.storageClasses = this.read('StorageClass', LIVE.StorageClass);
    this.autoscalers = this.read('HorizontalPodAutoscaler', LIVE.Autoscaler);
    this.services = this.read('Service', LIVE.Service);
    this.servicesByTitle = new Map(
      this.services.map((each) => [titleOf({ kind: 'Service', ...each.metadata }), each]),
    );
    this.slicesByService = grouped(
      this.read('EndpointSlice', LIVE.EndpointSlice),
      ({ metadata }) => `${metadata.namespace}/${metadata.labels['kubernetes.io/service-name'] ?? ''}`,
    );
    this.logsByPod = grouped(reading.logs, ({ namespace, pod }) => `${namespace}/${pod}`);
    this.postgresClusters = this.read('Cluster', LIVE.PostgresCluster);
    this.secrets = this.read('Secret', LIVE.Secret);
    this.workloads = this.readWorkloads(manifests);
    this.workloadsByTitle = new Map(this.workloads.map((each) => [each.title, each]));
    this.jobs = this.read('Job', LIVE.Workload).sort(ageOrder);
    this.readEvents();
    this.declared = new Cluster(this.written(manifests));
  }

  /** Whether every object of a kind was read, there: only then is one that is not here not there. */
  isRead(kind: string, namespace: string): boolean {
    return (
      (namespace === '' || this.reading.namespaces.includes(namespace)) &&
      !this.reading.unseen.some((each) => each.kind === kind && each.namespace === namespace)
    );
  }

  /** Whether an object is there. */
  has(kind: string, namespace: string, name: string): boolean {
    return this.byTitle.has(titleOf({ kind, namespace, name }));
  }

  /** What was read of an object. */
  find(kind: string, namespace: string, name: string): Readonly<Record<string, unknown>> | undefined {
    return this.byTitle.get(titleOf({ kind, namespace, name }));
  }

  /** The name of a kind that is nearest to one that is not there. */
  nearestName(kind: string, namespace: string, name: string): string | undefined {
    const all = (this.byKind.get(kind) ?? []).filter((each) => each.namespace === namespace);
    return nearest(
      name,
      all.map((each) => each.name),
    );
  }

  /** What happened to an object, the newest first. */
  eventsOf(title: Title): readonly LiveEvent[] {
    return this.eventsByObject.get(title) ?? [];
  }

  /** The newest event of an object that is as wanted. One that is older than a quarter of an hour says nothing about now. */
  recentEvent(title: Title, isWanted: (event: LiveEvent) => boolean): LiveEvent | undefined {
    return this.eventsOf(title).find(
      (event) => this.secondsSince(event.at) < EVENT_SECONDS && isWanted(event),
    );
  }

  /** What made a pod. */
  workloadOf(pod: Live<'Pod'>): LiveWorkload | undefined {
    return this.workloadOfPod.get(pod.metadata.uid);
  }

  /** The runs of a Job or CronJob that this cluster still has, the oldest first; of a Job itself. */
  runsOf({ kind, live }: LiveWorkload): readonly Live<'Workload'>[] {
    if (!live) return [];
    return kind === 'Job'
      ? [live]
      : this.jobs.filter(({ metadata }) =>
          metadata.ownerReferences.some(({ uid }) => uid === live.metadata.uid),
        );
  }

  /** The end of what a container wrote; of the run before, where there is one. */
  logOf(pod: Live<'Pod'>, container: string): ContainerLog | undefined {
    const logs = (this.logsByPod.get(`${pod.metadata.namespace}/${pod.metadata.name}`) ?? []).filter(
      (log) => log.container === container && log.lines.length > 0,
    );
    return logs.find(({ previous }) => previous) ?? logs[0];
  }

  /** Seconds from a time until it was read; infinite when there is no such time. */
  secondsSince(time: string | null | undefined): number {
    const at = Date.parse(time ?? '');
    return Number.isNaN(at) ? Infinity : (this.now - at) / 1000;
  }

  /** Those whose address a Service gives out. */
  readyEndpoints(namespace: string, service: string): number {
    return this.slicesOf(namespace, service).reduce(
      (count, { endpoints }) => count + endpoints.filter(({ conditions }) => conditions.ready).length,
      0,
    );
  }

  /** Those that a Service gives out, with where they are. */
  endpointsOf(namespace: string, service: string) {
    return this.slicesOf(namespace, service).flatMap(({ endpoints, ports }) =>
      endpoints.flatMap(({ addresses: [address], conditions, nodeName, targetRef }) =>
        address === undefined || !conditions.ready
          ? []
          : [{ address, node: nodeName, pod: targetRef?.name ?? address, ports }],
      ),
    );
  }

  /** The Service of a title. */
  service(title: Title): Live<'Service'> | undefined {
    return this.servicesByTitle.get(title);
  }

  workload(title: Title): LiveWorkload | undefined {
    return this.workloadsByTitle.get(title);
  }

  /** The pods that a Service selects. */
  podsBehind(service: Title): readonly Live<'Pod'>[] {
    const found = this.service(service);
    const { selector = {} } = found?.spec ?? {};
    if (!found || Object.keys(selector).length === 0) return [];
    return (this.podsByNamespace.get(found.metadata.namespace) ?? []).filter(({ metadata }) =>
      matches({ matchLabels: selector, matchExpressions: [] }, metadata.labels),
    );
  }

  /** The slices of a Service. */
  slicesOf(namespace: string, service: string): readonly Live<'EndpointSlice'>[] {
    return this.slicesByService.get(`${namespace}/${service}`) ?? [];
  }

  private read<Schema extends z.ZodType>(kind: string, schema: Schema): z.output<Schema>[] {
    return (this.byKind.get(kind) ?? []).flatMap(({ content }) => {
      const parsed = schema.safeParse(content, { jitless: true });
      return parsed.success ? [parsed.data] : [];
    });
  }

  private readWorkloads(manifests: readonly Manifest[]): LiveWorkload[] {
    const staying = this.pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const podsByOwner = new Map(grouped(staying, ({ metadata }) => this.topOwner({ kind: 'Pod', metadata })));
    const workloads = manifests.flatMap((manifest): LiveWorkload[] => {
      if (!WORKLOADS.includes(manifest.kind) || this.ownerOf(manifest)) return [];
      const parsed = LIVE.Workload.safeParse(manifest.content, { jitless: true });
      const title = titleOf(manifest);
      const pods = podsByOwner.get(title) ?? [];
      podsByOwner.delete(title);
      return parsed.success ? [{ ...titled(manifest), title, live: parsed.data, pods }] : [];
    });
    for (const [title, pods] of podsByOwner) {
      const [kind = '', path = ''] = title.split(' ');
      const [namespace = '', name = ''] = path.split('/');
      workloads.push({ title, kind, namespace, name, live: undefined, pods });
    }
    for (const workload of workloads) {
      for (const pod of workload.pods) this.workloadOfPod.set(pod.metadata.uid, workload);
    }
    return workloads;
  }

  private topOwner({
    kind,
    metadata,
  }: {
    readonly kind: string;
    readonly metadata: Live<'Pod'>['metadata'];
  }): Title {
    const owner = metadata.ownerReferences.find(({ controller }) => controller);
    if (!owner) return titleOf({ kind, namespace: metadata.namespace, name: metadata.name });
    const read = this.byUid.get(owner.uid);
    const above = read && this.ownerOf(read);
    // Who made it may be of a kind that is not read, such as an operator's: its name is still known.
    return titleOf({
      kind: above?.kind ?? owner.kind,
      namespace: metadata.namespace,
      name: above?.name ?? owner.name,
    });
  }

  private ownerOf(manifest: Manifest): { readonly kind: string; readonly name: string } | undefined {
    return ownersOf(manifest).find(({ controller }) => controller);
  }

  /** What somebody wrote: without what a controller that was read made. Others' pods stand for themselves, one of each. */
  private written(manifests: readonly Manifest[]): Manifest[] {
    const others = new Set<string>();
    const kinds = new Set([...NAMESPACED, ...CLUSTER_WIDE].map(({ kind }) => kind));
    return manifests.filter((manifest) => {
      if (!kinds.has(manifest.kind) || manifest.kind === 'Event') return false;
      const owner = ownersOf(manifest).find(({ controller }) => controller);
      if (!owner) return true;
      if (this.byUid.has(owner.uid) && WORKLOADS.includes(owner.kind)) return false;
      if (manifest.kind !== 'Pod') return true;
      if (others.has(owner.uid)) return false;
      others.add(owner.uid);
      return true;
    });
  }

  private readEvents(): void {
    for (const event of this.read('Event', LIVE.Event)) {
      const { kind, namespace, name, fieldPath } = event.involvedObject;
      const title = titleOf({ kind, namespace, name });
      const at = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime;
      const read: LiveEvent = {
        reason: event.reason,
        message: event.message,
        isWarning: event.type === 'Warning',
        count: event.count,
        at: at ?? event.metadata.creationTimestamp,
        field: fieldPath,
      };
      const present = this.eventsByObject.get(title);
      if (present) present.push(read);
      else this.eventsByObject.set(title, [read]);
    }
    for (const events of this.eventsByObject.values()) {
      events.sort((left, right) => Date.parse(right.at) - Date.parse(left.at));
    }
  }
}

/** A condition by its type. */
export const conditionOf = (
  { status }: { readonly status: { readonly conditions: readonly Condition[] } },
  type: string,
): Condition | undefined => status.conditions.find((each) => each.type === type);

const titled = ({ kind, namespace, name }: Manifest) => ({ kind, namespace, name });

const metadataOf = ({ content }: Manifest): Readonly<Record<string, unknown>> =>
  isRecord(content['metadata']) ? content['metadata'] : {};

const uidOf = (manifest: Manifest): string => {
  const { uid } = metadataOf(manifest);
  return typeof uid === 'string' ? uid : '';
};

function ownersOf(manifest: Manifest): readonly {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: boolean;
}[] {
  const { ownerReferences } = metadataOf(manifest);
  if (!Array.isArray(ownerReferences)) return [];
  return ownerReferences.flatMap((owner: unknown) =>
    isRecord(owner)
      ? [
          {
            kind: String(owner['kind']),
            name: String(owner['name']),
            uid: String(owner['uid']),
            controller: owner['controller'] === true,
          },
        ]
      : [],
  );
}

const ageOrder = (left: Aged, right: Aged): number =>
  left.metadata.creationTimestamp < right.metadata.creationTimestamp ? -1 : 1;

type Aged = Pick<Live<'Pod' | 'Workload'>, 'metadata'>;

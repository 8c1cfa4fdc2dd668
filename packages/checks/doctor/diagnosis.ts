import { edges } from '../model/connections.js';
import { titleOf } from '../model/manifest.js';
import { CAUSES } from './causes/index.js';
import type { Cause, Verdict } from './causes/cause.js';
import { LiveCluster, type LiveWorkload, type Title } from './model/live-cluster.js';
import { isWell, titleOfPod } from './model/pod-state.js';
import { isSettling, isWorkloadWell, rollingOut, wantedPods } from './model/progress.js';
import type { Reading, Unseen } from './reading/reading.js';

/** A cause of its own, and what follows from it. */
export interface Root extends Cause {
  /** From what it breaks to what a user sees, a step each. */
  readonly chain: readonly string[];
  /** What else is seen, and is only this. */
  readonly followers: readonly Cause[];
}

/** The answer. */
export interface Diagnosis {
  readonly takenAt: string;
  readonly context: string;
  readonly namespaces: readonly string[];
  /** The one that explains most first. */
  readonly roots: readonly Root[];
  /** What is under way and no fault. */
  readonly progress: readonly string[];
  readonly unseen: readonly Unseen[];
  /** From where nothing was tried, why, and what would decide it. */
  readonly unprobed: readonly string[];
  /** How many there are of what was looked at. */
  readonly counts: {
    readonly nodes: number;
    readonly workloads: number;
    readonly pods: number;
    readonly services: number;
  };
}

/** What CloudNativePG says of a database when there is nothing to do. */
const IN_ORDER = 'Cluster in healthy state';

const VERDICTS: readonly Verdict[] = ['proven', 'likely', 'cannot tell'];

/** Why something does not work, from what was read of a cluster. */
export function diagnose(reading: Reading): Diagnosis {
  const cluster = new LiveCluster(reading);
  const causes = merged(CAUSES.flatMap((find) => find(cluster)));
  const graph = new Graph(cluster, causes);
  const followers = new Map<Cause, Cause[]>();
  const own: Cause[] = [];
  for (const cause of causes) {
    const reasons = graph.reasonsOf(cause);
    if (reasons.length === 0) own.push(cause);
    else for (const reason of reasons) followers.set(reason, [...(followers.get(reason) ?? []), cause]);
  }
  const told = own.filter((cause) => !cause.mayPass && (!cause.onlyIfBlamed || followers.has(cause)));
  const known = [...told, ...[...followers.values()].flat()];
  const roots = told
    .map((cause): Root => ({ ...cause, chain: graph.chainOf(cause), followers: followers.get(cause) ?? [] }))
    .sort((left, right) => weight(right) - weight(left));
  return {
    takenAt: reading.takenAt,
    context: reading.context,
    namespaces: reading.namespaces,
    roots,
    progress: [
      ...cluster.workloads.flatMap((workload) => progressOf(cluster, workload, known)),
      ...cluster.postgresClusters.flatMap(({ metadata, status: { phase } }) => {
        const title = titleOf({ kind: 'Cluster', ...metadata });
        const isKnown = phase === IN_ORDER || known.some(({ breaks }) => breaks.includes(title));
        return isKnown ? [] : [`${title}: ${phase === '' ? 'its operator has not begun' : phase}`];
      }),
    ],
    unseen: reading.unseen,
    unprobed: (reading.probes ?? []).flatMap(({ workload, impossible }) =>
      impossible === undefined ? [] : [`from ${workload}: ${impossible}`],
    ),
    counts: {
      nodes: cluster.nodes.length,
      workloads: cluster.workloads.length,
      pods: cluster.pods.length,
      services: cluster.services.length,
    },
  };
}

/** What is broken for users comes first, then what explains more, then what is surer. */
const weight = ({ breaks, chain, followers, verdict }: Root): number =>
  (breaks.length > 0 ? 100 : 0) + chain.length + followers.length * 5 - VERDICTS.indexOf(verdict) * 50;

/** One cause that shows in several pods or workloads is one. */
function merged(causes: readonly Cause[]): Cause[] {
  const alike = new Map<string, Cause>();
  for (const cause of causes) {
    const key = `${cause.code}\n${cause.key}`;
    const first = alike.get(key);
    if (!first) {
      alike.set(key, cause);
      continue;
    }
    const evidence = new Map(
      [...first.evidence, ...cause.evidence].map((each) => [`${each.field}\n${each.value}`, each]),
    );
    alike.set(key, {
      ...first,
      mayPass: first.mayPass === true && cause.mayPass === true,
      verdict: VERDICTS.find((each) => each === first.verdict || each === cause.verdict) ?? first.verdict,
      evidence: [...evidence.values()].slice(0, 4),
      breaks: [...new Set([...first.breaks, ...cause.breaks])],
    });
  }
  return [...alike.values()];
}

/** What follows from what: causes at the objects that they break, and Services with the workloads behind them. */
class Graph {
  private readonly at = new Map<Title, Cause[]>();
  private readonly behind = new Map<Title, readonly Title[]>();

  constructor(
    private readonly cluster: LiveCluster,
    causes: readonly Cause[],
  ) {
    for (const cause of causes) {
      for (const title of cause.breaks) this.at.set(title, [...(this.at.get(title) ?? []), cause]);
    }
    for (const { metadata, spec } of cluster.services) {
      const { selector = {} } = spec;
      if (Object.keys(selector).length === 0) continue;
      const service = titleOf({ kind: 'Service', ...metadata });
      const titles = [
        ...cluster.podsBehind(service).flatMap((pod) => cluster.workloadOf(pod)?.title ?? []),
        ...cluster.declared.pods.withLabels(metadata.namespace, selector).map(titleOf),
      ];
      this.behind.set(service, [...new Set(titles)]);
    }
  }

  /** The causes that a cause follows from; none when it is one of its own. */
  reasonsOf(cause: Cause, seen: ReadonlySet<Cause> = new Set([cause])): readonly Cause[] {
    const found = (cause.blames ?? []).flatMap((title) =>
      [title, ...(this.behind.get(title) ?? [])].flatMap((each) => this.at.get(each) ?? []),
    );
    const reasons = found.flatMap((each): readonly Cause[] => {
      if (seen.has(each) || each === cause) return [];
      const further = this.reasonsOf(each, new Set([...seen, each]));
      return further.length > 0 ? further : [each];
    });
    return [...new Set(reasons)];
  }

  /** From what a cause breaks to what a user sees. */
  chainOf({ breaks }: Cause): readonly string[] {
    const steps: string[] = [];
    const seen = new Set<Title>(breaks);
    const queue = [...breaks];
    for (let title = queue.shift(); title !== undefined; title = queue.shift()) {
      const workload = this.cluster.workload(title);
      if (workload && !workload.kind.endsWith('Job')) {
        steps.push(
          `${title}: ${workload.pods.filter(isWell).length} of ${wantedPods(workload)} pods are ready`,
        );
      }
      for (const next of this.affectedBy(title, workload, steps)) {
        if (seen.has(next)) continue;
        seen.add(next);
        queue.push(next);
      }
    }
    return [...new Set(steps)];
  }

  private affectedBy(title: Title, workload: LiveWorkload | undefined, steps: string[]): readonly Title[] {
    const { cluster } = this;
    if (title.startsWith('Node ')) {
      const name = title.slice('Node '.length);
      return cluster.workloads.flatMap((each) =>
        each.pods.some((pod) => pod.spec.nodeName === name && !isWell(pod)) ? [each.title] : [],
      );
    }
    const services = title.startsWith('Service ')
      ? [title]
      : workload
        ? [...this.behind].flatMap(([service, titles]) => (titles.includes(title) ? [service] : []))
        : [];
    return services.flatMap((service) => {
      const { metadata } = cluster.service(service) ?? {};
      if (!metadata || cluster.readyEndpoints(metadata.namespace, metadata.name) > 0) return [];
      if (!cluster.isRead('EndpointSlice', metadata.namespace)) return [];
      const callers = edges(cluster.declared).filter((edge) => titleOf(edge.service) === service);
      steps.push(`${service}: nobody answers behind it`);
      for (const { workload: caller, address } of callers) {
        steps.push(`${titleOf(caller)}: gets no answer from ${metadata.name} (${address.variable.name})`);
      }
      return [];
    });
  }
}

/** What a probe was answered before that may be different now. */
const NEWS_SECONDS = 300;

/** What a workload is on its way to, when it is not there and nothing is wrong. */
function progressOf(
  cluster: LiveCluster,
  workload: LiveWorkload,
  causes: readonly Cause[],
): readonly string[] {
  const { title, pods } = workload;
  if (causes.some(({ breaks }) => breaks.includes(title))) return [];
  const rolling = rollingOut(workload);
  if (isWorkloadWell(workload)) return rolling === undefined ? [] : [`${title}: ${rolling}`];
  const wanted = wantedPods(workload);
  const starting = pods.filter((pod) => !isWell(pod) && isSettling(cluster, pod));
  // What starts may take minutes by its own probes: whoever waits wants to know for what.
  const said = starting
    .flatMap((pod) => cluster.recentEvent(titleOfPod(pod), ({ reason }) => reason === 'Unhealthy') ?? [])
    .find(({ at }) => cluster.secondsSince(at) < NEWS_SECONDS);
  return [
    `${title}: ${pods.filter(isWell).length} of ${wanted} pods are ready${starting.length > 0 ? `, ${starting.length} start` : ''}${said ? `; ${said.message.trim()}` : ''}`,
  ];
}

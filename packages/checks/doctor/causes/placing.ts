import { titleOf } from '../../model/manifest.js';
import { conditionOf, type LiveCluster, type LiveWorkload } from '../model/live-cluster.js';
import { titleOfPod } from '../model/pod-state.js';
import type { Live } from '../model/live-schemas.js';
import type { Cause, Evidence } from './cause.js';
import type { Code } from './codes.js';
import { isPartlyServing, isWorkloadWell } from '../model/progress.js';

/** A claim is bound and a node found within this time, or something is in the way. */
const PLACING_SECONDS = 15;

/** Pods that find no node, and pods that the API server refuses. */
export function placingCauses(cluster: LiveCluster): readonly Cause[] {
  return cluster.workloads.flatMap((workload) => [
    ...workload.pods.flatMap((pod) => [
      ...unschedulable(cluster, workload, pod),
      ...unplaced(cluster, workload, pod),
      ...refusedByNode(workload, pod),
    ]),
    ...refused(cluster, workload),
  ]);
}

function unschedulable(cluster: LiveCluster, workload: LiveWorkload, pod: Live<'Pod'>): readonly Cause[] {
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return [];
  if (cluster.secondsSince(scheduled.lastTransitionTime) < PLACING_SECONDS) return [];
  const { message } = scheduled;
  // A claim that is not there or not bound has a cause of its own.
  if (/persistentvolumeclaim "[^"]+" not found|unbound immediate PersistentVolumeClaims/.test(message))
    return [];
  const closed = cluster.nodes.filter(({ spec }) => spec.unschedulable);
  // A drain: what it leaves standing serves, and the pod follows when the node is open again.
  if (message.includes('were unschedulable') && isPartlyServing(workload)) return [];
  const evidence: Evidence = {
    object: titleOfPod(pod),
    field: 'status.conditions[PodScheduled]',
    value: message,
    at: scheduled.lastTransitionTime,
  };
  const lost = cluster.nodes.filter((node) => (conditionOf(node, 'Ready')?.status ?? 'True') !== 'True');
  const common = {
    verdict: 'proven' as const,
    evidence: [evidence],
    breaks: [workload.title],
    ...(lost.length > 0 && /unreachable|not-ready/.test(message)
      ? { blames: lost.map(({ metadata }) => `Node ${metadata.name}`) }
      : {}),
  };
  if (/volume node affinity conflict|didn't match PersistentVolume's node affinity/.test(message)) {
    return [
      {
        ...common,
        code: 'CAFE245',
        key: workload.title,
        sentence: `${workload.title} cannot start where its volume lies: ${reasons(message)}`,
        mend:
          closed[0] === undefined
            ? `kubectl -n ${workload.namespace} get pvc -o wide   # then bring back the node that has the volume`
            : `kubectl uncordon ${closed[0].metadata.name}`,
      },
    ];
  }
  const lacking = [...message.matchAll(/Insufficient ([\w./-]*\w)/g)].map(([, name = '']) => name);
  if (lacking.length > 0) {
    const asked = requestsOf(pod, lacking);
    return [
      {
        ...common,
        code: 'CAFE211',
        key: workload.title,
        sentence: `no node has room for ${workload.title}: it asks for ${asked}, and ${reasons(message)}`,
        mend: `kubectl -n ${workload.namespace} set resources ${kindAndName(workload)} --requests=${lacking.map((name) => `${name}=…`).join(',')}   # or add a node`,
      },
    ];
  }
  const taints = message.includes('untolerated taint') ? untolerated(cluster, pod) : [];
  const allClosed = closed.length > 0 && closed.length === cluster.nodes.length;
  return [
    {
      ...common,
      code: 'CAFE212',
      key: workload.title,
      sentence: `no node fits ${workload.title}: ${reasons(message)}${taints.length > 0 ? `; the pod does not tolerate ${taints.join(', ')}` : ''}`,
      mend:
        (allClosed || message.includes('were unschedulable')) && closed[0]
          ? `kubectl uncordon ${closed[0].metadata.name}`
          : taints.length > 0
            ? `kubectl -n ${workload.namespace} edit ${kindAndName(workload)}   # add a toleration of ${taints[0] ?? ''} to its pods; or take the taint from a node: kubectl taint node NAME ${taints[0]?.replace(/=[^:]*/, '') ?? ''}-`
            : `kubectl -n ${workload.namespace} get ${kindAndName(workload)} -o jsonpath='{.spec.template.spec.nodeSelector}{.spec.template.spec.affinity}{.spec.template.spec.tolerations}'   # and change what no node has`,
    },
  ];
}

/** A pod of which nobody has even said that it finds no node. */
function unplaced(cluster: LiveCluster, workload: LiveWorkload, pod: Live<'Pod'>): readonly Cause[] {
  const { spec, status, metadata } = pod;
  if (status.phase !== 'Pending' || cluster.secondsSince(metadata.creationTimestamp) < PLACING_SECONDS)
    return [];
  const scheduled = conditionOf(pod, 'PodScheduled');
  const gates = spec.schedulingGates.map(({ name }) => name);
  const isUnseen = spec.nodeName === undefined && scheduled === undefined;
  const isNowhere =
    spec.nodeName !== undefined && cluster.isRead('Node', '') && !cluster.has('Node', '', spec.nodeName);
  if (gates.length === 0 && !isUnseen && !isNowhere) return [];
  const edit = `kubectl -n ${workload.namespace} edit ${kindAndName(workload)}`;
  const [field, value, sentence, mend] =
    gates.length > 0
      ? [
          'spec.schedulingGates',
          gates.join(', '),
          `${workload.title} waits until somebody takes the scheduling gates ${gates.join(', ')} from its pods`,
          `start the controller of ${gates[0] ?? ''}; or ${edit}   # leave schedulingGates out`,
        ]
      : isNowhere
        ? [
            'spec.nodeName',
            spec.nodeName ?? '',
            `a pod of ${workload.title} is for node ${spec.nodeName ?? ''}, which is not there`,
            `${edit}   # leave nodeName out`,
          ]
        : [
            'spec.schedulerName',
            spec.schedulerName,
            `no scheduler has looked at ${workload.title}: ${spec.schedulerName === 'default-scheduler' ? 'the scheduler of the cluster does not work' : `it wants one named ${spec.schedulerName}`}`,
            spec.schedulerName === 'default-scheduler'
              ? 'kubectl -n kube-system get pods,leases   # start kube-scheduler'
              : `${edit}   # leave schedulerName out, or start ${spec.schedulerName}`,
          ];
  return [
    {
      code: 'CAFE219',
      verdict: 'proven',
      key: workload.title,
      sentence,
      evidence: [{ object: titleOfPod(pod), field, value }],
      breaks: [workload.title],
      mend,
    },
  ];
}

/** What a kubelet says of a pod that it does not even begin. One that it evicted, or that ended, it had begun. */
function refusedByNode(workload: LiveWorkload, pod: Live<'Pod'>): readonly Cause[] {
  const { phase, reason, message, containerStatuses } = pod.status;
  const isBegun =
    containerStatuses.length > 0 || reason === '' || reason === 'Evicted' || reason === 'Terminated';
  if (phase !== 'Failed' || isBegun || isWorkloadWell(workload)) return [];
  return [
    {
      code: 'CAFE218',
      verdict: 'proven',
      key: `${workload.title} ${reason}`,
      sentence: `node ${pod.spec.nodeName ?? ''} refuses the pods of ${workload.title}, ${reason}: ${message}`,
      evidence: [{ object: titleOfPod(pod), field: 'status.reason', value: `${reason}: ${message}` }],
      breaks: [workload.title],
      mend: `kubectl -n ${workload.namespace} edit ${kindAndName(workload)}   # change what the message names`,
    },
  ];
}

/** The taints of nodes that keep a pod away: newer schedulers only count them. */
function untolerated({ nodes }: LiveCluster, { spec: { tolerations } }: Live<'Pod'>): readonly string[] {
  const taints = nodes.flatMap(({ spec }) =>
    spec.taints.filter(
      ({ key, value, effect }) =>
        effect !== 'PreferNoSchedule' &&
        !key.startsWith('node.kubernetes.io/') &&
        !tolerations.some(
          (each) =>
            (each.effect === '' || each.effect === effect) &&
            (each.operator === 'Exists'
              ? each.key === '' || each.key === key
              : each.key === key && each.value === value),
        ),
    ),
  );
  return [
    ...new Set(taints.map(({ key, value, effect }) => `${key}${value === '' ? '' : `=${value}`}:${effect}`)),
  ];
}

/** What the scheduler says, without what it says of preemption. */
const reasons = (message: string): string =>
  message
    .replace(/\.? ?preemption:.*$/, '')
    .replace(/ no new claims to deallocate,?/, '')
    .trim()
    .replace(/\.$/, '');

const requestsOf = ({ spec }: Live<'Pod'>, names: readonly string[]): string =>
  names
    .map((name) => {
      const amounts = spec.containers.flatMap(({ resources }) => resources.requests[name] ?? []);
      return `${amounts.join(' + ') || 'some'} ${name}`;
    })
    .join(' and ');

/** As kubectl takes it. */
export const kindAndName = ({ kind, name }: Pick<LiveWorkload, 'kind' | 'name'>): string =>
  `${kind.toLowerCase()}/${name}`;

/** What the API server said to the controller that tried to make a pod. */
function refused(cluster: LiveCluster, workload: LiveWorkload): readonly Cause[] {
  const { live, namespace, kind, pods } = workload;
  if (!live) return [];
  const isOfJobs = kind === 'Job' || kind === 'CronJob';
  const run = isOfJobs ? cluster.runsOf(workload).at(-1) : undefined;
  if (isOfJobs) {
    const isBegun = pods.some(({ metadata }) =>
      metadata.ownerReferences.some(({ uid }) => uid === run?.metadata.uid),
    );
    if (!run || isBegun || run.status.conditions.length > 0) return [];
  } else {
    const wanted = live.spec.replicas ?? live.status.desiredNumberScheduled ?? 1;
    if (pods.length >= wanted && conditionOf(live, 'ReplicaFailure') === undefined) return [];
  }
  const title = run ? titleOf({ kind: 'Job', namespace, name: run.metadata.name }) : workload.title;
  const failure = conditionOf(live, 'ReplicaFailure');
  const event = cluster.recentEvent(title, ({ reason, isWarning }) => isWarning && reason === 'FailedCreate');
  const said =
    failure?.status === 'True'
      ? {
          text: failure.message,
          evidence: {
            object: workload.title,
            field: 'status.conditions[ReplicaFailure]',
            value: failure.message,
            at: failure.lastTransitionTime,
          },
        }
      : event && {
          text: event.message,
          evidence: {
            object: title,
            field: `event ${event.reason}`,
            value: event.message,
            at: event.at,
          },
        };
  if (!said) return [];
  const [code, key, sentence, mend] = refusal(cluster, workload, said.text);
  return [
    {
      code,
      verdict: 'proven',
      key: `${key.startsWith('PriorityClass ') ? '' : namespace} ${key}`,
      sentence,
      evidence: [said.evidence],
      breaks: [workload.title],
      mend,
    },
  ];
}

function refusal(
  cluster: LiveCluster,
  workload: LiveWorkload,
  text: string,
): readonly [code: Code, key: string, sentence: string, mend: string] {
  const { namespace, title } = workload;
  const quota = /exceeded quota: ([\w.-]+), requested: (\S+), used: (\S+), limited: (\S+)/.exec(text);
  if (quota) {
    const [, name = '', requested = '', used = '', limited = ''] = quota;
    return [
      'CAFE213',
      name,
      `quota ${name} of namespace ${namespace} refuses pods of ${title}: they ask for ${requested}, ${used} is used of ${limited.replace(/^[^=]*=/, '')}`,
      `kubectl -n ${namespace} edit resourcequota ${name}   # or ask for less`,
    ];
  }
  const lacks = /failed quota: ([\w.-]+): must specify (.+?)(?: for: .*)?$/.exec(text);
  if (lacks) {
    return [
      'CAFE213',
      lacks[1] ?? '',
      `quota ${lacks[1] ?? ''} of namespace ${namespace} takes only pods that say their ${lacks[2] ?? ''}; those of ${title} do not`,
      `kubectl -n ${namespace} set resources ${kindAndName(workload)} --requests=cpu=…,memory=… --limits=cpu=…,memory=…`,
    ];
  }
  const security = /violates PodSecurity "([^"]+)": (.+)$/.exec(text);
  if (security) {
    return [
      'CAFE214',
      title,
      `namespace ${namespace} enforces Pod Security "${security[1] ?? ''}", and the pods of ${title} break it: ${security[2] ?? ''}`,
      `kubectl -n ${namespace} edit ${kindAndName(workload)}   # set what the message names in securityContext`,
    ];
  }
  const account = /serviceaccount "([^"]+)" not found/.exec(text)?.[1];
  if (account !== undefined) {
    const likely = cluster.nearestName('ServiceAccount', namespace, account);
    return [
      'CAFE215',
      `ServiceAccount ${account}`,
      `ServiceAccount ${namespace}/${account}, which ${title} uses, is not there${meant(likely)}`,
      likely === undefined
        ? `kubectl -n ${namespace} create serviceaccount ${account}`
        : `kubectl -n ${namespace} set serviceaccount ${kindAndName(workload)} ${likely}`,
    ];
  }
  const priority = /no PriorityClass with name ([\w.-]+) was found/.exec(text)?.[1];
  if (priority !== undefined) {
    const likely = cluster.nearestName('PriorityClass', '', priority);
    return [
      'CAFE215',
      `PriorityClass ${priority}`,
      `PriorityClass ${priority}, which ${title} names, is not there${meant(likely)}`,
      `kubectl -n ${namespace} edit ${kindAndName(workload)}   # set priorityClassName to ${likely ?? 'one of: kubectl get priorityclass'}`,
    ];
  }
  const webhook = /failed calling webhook "([^"]+)": (.+)$/.exec(text);
  if (webhook) {
    const [, name = '', why = ''] = webhook;
    return [
      'CAFE216',
      name,
      `webhook ${name} must agree to each pod, and does not answer: ${why.replace(/^.*": /, '')}`,
      `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o wide | grep ${name.split('.')[0] ?? name}   # start its Service's pods, or delete the configuration if its program is gone`,
    ];
  }
  return [
    'CAFE217',
    title,
    `the API server refuses the pods of ${title}: ${text}`,
    `kubectl -n ${namespace} edit ${kindAndName(workload)}   # change what the message names`,
  ];
}

const meant = (likely: string | undefined): string =>
  likely === undefined ? '' : `; ${likely} is probably meant`;

import { edges } from '../../model/connections.js';
import { titleOf } from '../../model/manifest.js';
import { conditionOf, type LiveCluster, type LiveWorkload } from '../model/live-cluster.js';
import { isWell, titleOfPod } from '../model/pod-state.js';
import { isSettling, isWorkloadWell, wantedPods } from '../model/progress.js';
import type { Cause } from './cause.js';
import { kindAndName } from './placing.js';

/** Metrics come a minute after a pod. */
const METRICS_SECONDS = 150;
/** What ends may take so long beyond its grace period. */
const ENDING_SECONDS = 60;

/** What controllers cannot do, and what is not well without a known reason. */
export function controllerCauses(cluster: LiveCluster): readonly Cause[] {
  return [
    ...cluster.workloads.flatMap((workload) => [...unready(cluster, workload), ...stopped(workload)]),
    ...autoscalers(cluster),
    ...ending(cluster),
  ];
}

/** Not ready, and not settling: the cause that stands in where none is known, and follows from every other one. */
function unready(cluster: LiveCluster, workload: LiveWorkload): readonly Cause[] {
  if (isWorkloadWell(workload) || workload.live?.spec.suspend) return [];
  const { title, namespace, pods, live } = workload;
  const waiting = pods.filter((pod) => !isWell(pod));
  const isLate =
    live !== undefined && conditionOf(live, 'Progressing')?.reason === 'ProgressDeadlineExceeded';
  if (!isLate && waiting.some((pod) => isSettling(cluster, pod))) return [];
  const changed =
    live?.status.conditions.map(({ lastTransitionTime }) => cluster.secondsSince(lastTransitionTime)) ?? [];
  if (
    waiting.length === 0 &&
    Math.min(...changed, cluster.secondsSince(live?.metadata.creationTimestamp)) < ENDING_SECONDS
  )
    return [];
  const wanted = wantedPods(workload);
  const nodes = waiting.flatMap(({ spec }) => (spec.nodeName === undefined ? [] : [`Node ${spec.nodeName}`]));
  const services = edges(cluster.declared).flatMap((edge) =>
    titleOf(edge.workload) === title ? [titleOf(edge.service)] : [],
  );
  return [
    {
      code: 'CAFE291',
      verdict: 'cannot tell',
      key: title,
      sentence: `${title} has ${pods.filter(isWell).length} of ${wanted} pods ready, and nothing that was read says why`,
      evidence: waiting.slice(0, 2).map((pod) => {
        const ready = conditionOf(pod, 'Ready');
        return {
          object: titleOfPod(pod),
          field: 'status.conditions[Ready]',
          value: `${ready?.status ?? 'absent'}, ${ready?.reason ?? pod.status.phase}: ${ready?.message ?? pod.status.message}`,
          ...(ready ? { at: ready.lastTransitionTime } : {}),
        };
      }),
      breaks: [title],
      mend:
        waiting[0] === undefined
          ? `kubectl -n ${namespace} describe ${kindAndName(workload)}`
          : `kubectl -n ${namespace} describe pod ${waiting[0].metadata.name}`,
      decide: decides(cluster, namespace),
      blames: [title, ...nodes, ...services],
    },
  ];
}

/** Stopped by somebody: a rollout that is paused, and what is scaled to nothing while others ask it. */
function stopped(workload: LiveWorkload): readonly Cause[] {
  const { title, namespace, live } = workload;
  const common = { verdict: 'proven' as const, key: title, breaks: [title] };
  if (live?.spec.paused && !isWorkloadWell(workload)) {
    return [
      {
        ...common,
        code: 'CAFE295',
        sentence: `the rollout of ${title} is paused: no pod of its newest template is made`,
        evidence: [{ object: title, field: 'spec.paused', value: 'true' }],
        mend: `kubectl -n ${namespace} rollout resume ${kindAndName(workload)}`,
      },
    ];
  }
  if (live?.spec.replicas !== 0) return [];
  return [
    {
      ...common,
      code: 'CAFE296',
      onlyIfBlamed: true,
      sentence: `${title}, which others ask, is scaled to no pods`,
      evidence: [{ object: title, field: 'spec.replicas', value: '0' }],
      mend: `kubectl -n ${namespace} scale ${kindAndName(workload)} --replicas=1`,
    },
  ];
}

function decides(cluster: LiveCluster, namespace: string): string {
  const missing = cluster.reading.unseen
    .filter((each) => each.namespace === namespace)
    .map((each) => each.missing);
  return missing.length === 0
    ? "the events of its pods, and their programs' logs"
    : `what may not be read: ${missing.join(', ')}`;
}

function autoscalers(cluster: LiveCluster): readonly Cause[] {
  return cluster.autoscalers.flatMap((autoscaler): Cause[] => {
    const { namespace, name, creationTimestamp } = autoscaler.metadata;
    const title = `HorizontalPodAutoscaler ${namespace}/${name}`;
    const { kind, name: target } = autoscaler.spec.scaleTargetRef;
    const able = conditionOf(autoscaler, 'AbleToScale');
    if (able?.status === 'False' && able.reason === 'FailedGetScale') {
      const likely = cluster.nearestName(kind, namespace, target);
      return [
        {
          code: 'CAFE293',
          verdict: 'proven',
          key: title,
          sentence: `${title} scales ${kind} ${namespace}/${target}, which is not there${likely === undefined ? '' : `; probably meant: ${likely}`}`,
          evidence: [
            {
              object: title,
              field: 'status.conditions[AbleToScale]',
              value: `${able.reason}: ${able.message}`,
              at: able.lastTransitionTime,
            },
          ],
          breaks: [title],
          mend: `kubectl -n ${namespace} edit hpa ${name}   # spec.scaleTargetRef.name: ${likely ?? 'a workload that is there'}`,
        },
      ];
    }
    const active = conditionOf(autoscaler, 'ScalingActive');
    if (active?.status !== 'False' || !active.reason.startsWith('FailedGet')) return [];
    const workload = cluster.workloads.find(
      (each) => each.kind === kind && each.namespace === namespace && each.name === target,
    );
    const age = Math.min(
      cluster.secondsSince(creationTimestamp),
      cluster.secondsSince(active.lastTransitionTime),
    );
    if (age < METRICS_SECONDS || (workload && !isWorkloadWell(workload))) return [];
    return [
      {
        code: 'CAFE292',
        verdict: 'proven',
        key: /could not find the requested resource|no metrics returned|unable to fetch metrics/.test(
          active.message,
        )
          ? 'metrics'
          : title,
        sentence: `${title} gets no metrics, and scales nothing: ${active.message}`,
        evidence: [
          {
            object: title,
            field: 'status.conditions[ScalingActive]',
            value: `${active.reason}: ${active.message}`,
            at: active.lastTransitionTime,
          },
        ],
        breaks: [title],
        mend: /missing request for (\w+)/.test(active.message)
          ? `kubectl -n ${namespace} set resources ${kind.toLowerCase()}/${target} --requests=cpu=…   # a percentage is one of the request`
          : 'kubectl get apiservice v1beta1.metrics.k8s.io   # install metrics-server, or delete the autoscaler',
      },
    ];
  });
}

function ending(cluster: LiveCluster): readonly Cause[] {
  return cluster.pods.flatMap((pod): Cause[] => {
    const { namespace, name, deletionTimestamp, finalizers } = pod.metadata;
    if (deletionTimestamp === undefined || cluster.secondsSince(deletionTimestamp) < ENDING_SECONDS)
      return [];
    const title = titleOfPod(pod);
    const node = pod.spec.nodeName;
    return [
      {
        code: 'CAFE294',
        verdict: 'proven',
        key: title,
        sentence: `${title} should be gone since ${deletionTimestamp}${finalizers.length > 0 ? `, and waits for the finalizers ${finalizers.join(', ')}` : node === undefined ? '' : `, and node ${node} does not say that it is`}`,
        evidence: [
          {
            object: title,
            field: 'metadata.deletionTimestamp',
            value: deletionTimestamp,
            at: deletionTimestamp,
          },
        ],
        breaks: [title],
        mend:
          finalizers.length > 0
            ? `start the controller of ${finalizers[0] ?? ''}; if it is gone: kubectl -n ${namespace} patch pod ${name} --type=merge -p '{"metadata":{"finalizers":null}}'`
            : `kubectl get node ${node ?? ''}   # bring it back; if it is gone for good: kubectl delete node ${node ?? ''}`,
        ...(finalizers.length === 0 && node !== undefined ? { blames: [`Node ${node}`] } : {}),
      },
    ];
  });
}

import { LiveCluster } from '../model/live-cluster.js';
import type { Live } from '../model/live-schemas.js';
import { failedContainer } from '../model/pod-state.js';
import type { Access } from './kubectl.js';
import type { ContainerLog, Reading, Unseen } from './reading.js';
import { redactedText } from './redaction.js';

/** So many workloads' logs are read: those that fail first, in the order of their names. */
const WORKLOADS = 16;
/** So many lines of a container are kept. */
const LINES = 40;

/** The logs of the container that failed first, of one pod of each workload that is not well. */
export async function readLogs(
  reading: Reading,
  access: Access,
): Promise<{ readonly logs: readonly ContainerLog[]; readonly unseen: readonly Unseen[] }> {
  const cluster = new LiveCluster(reading);
  const wanted = cluster.workloads.flatMap(({ pods }) => firstFailed(pods)).slice(0, WORKLOADS);
  const answers = await Promise.all(
    wanted.map(async ({ pod, container, hasEnded }) => {
      const { namespace, name } = pod.metadata;
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?container=${container}&tailLines=${LINES}`;
      const runs = hasEnded ? [true, false] : [false];
      for (const previous of runs) {
        const answer = await access.get(`${path}${previous ? '&previous=true' : ''}`);
        // The kubelet says so, with 200, of a run whose log is gone.
        if ('output' in answer && answer.output.startsWith('unable to retrieve container logs')) continue;
        if ('output' in answer && answer.output.trim() !== '') {
          const lines = answer.output.trimEnd().split('\n').slice(-LINES).map(redactedText);
          return { log: { namespace, pod: name, container, previous, lines } };
        }
        if ('reason' in answer && answer.reason === 'forbidden') {
          return { unseen: { kind: 'Log', namespace, missing: `get pods/log -n ${namespace}` } };
        }
      }
      return {};
    }),
  );
  const unseen = new Map(
    answers.flatMap((answer) => (answer.unseen ? [[answer.unseen.missing, answer.unseen] as const] : [])),
  );
  return {
    logs: answers.flatMap((answer) => (answer.log ? [answer.log] : [])),
    unseen: [...unseen.values()],
  };
}

/** The newest pod that fails: those before it are of another template, often. */
function firstFailed(pods: readonly Live<'Pod'>[]) {
  for (const pod of pods.toReversed()) {
    const failed = failedContainer(pod);
    if (failed) return [{ pod, ...failed }];
  }
  return [];
}

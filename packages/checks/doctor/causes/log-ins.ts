import type { LiveCluster } from '../model/live-cluster.js';
import { isSettling } from '../model/progress.js';
import type { ProbedLogIn } from '../reading/reading.js';
import { type Cause, edgeOf, type Evidence } from './cause.js';
import { causeOfLine, ownerOfHost } from './lines.js';

/** A server's refusal has its code behind it; what the network says is judged where connections are. */
const REFUSED = /\(\w{5}\)$/;

/** What databases said to a log-in from inside the pods, with the pods' own variables. */
export function logInCauses(cluster: LiveCluster): readonly Cause[] {
  return (cluster.reading.probes ?? []).flatMap((probe) => {
    const workload = cluster.workload(probe.workload);
    const pod = workload?.pods.find(({ metadata }) => metadata.name === probe.pod);
    if (!workload || !pod) return [];
    return (probe.logIns ?? []).flatMap((tried): readonly Cause[] => {
      const { host, port, answer, variable } = tried;
      const evidence: readonly Evidence[] = [
        {
          object: `Pod ${probe.namespace}/${probe.pod}`,
          field: `logs in at ${host}:${port} (${variable})`,
          value: answer,
        },
      ];
      if (REFUSED.test(answer)) {
        if (isChanging(cluster, workload.namespace, tried)) return [];
        const cause = causeOfLine(
          cluster,
          workload,
          pod,
          { text: `${answer} at ${host}:${port}`, isLast: true },
          evidence,
        );
        return cause ? [cause] : [];
      }
      const service = ownerOfHost(cluster, workload.namespace, host);
      if (answer !== 'takes no changes' || service === undefined) return [];
      return [
        {
          code: 'CAFE285',
          verdict: 'likely',
          key: service,
          sentence: `the database behind ${service} takes no changes: it is a standby, or read-only`,
          evidence,
          breaks: [edgeOf(workload.title, service)],
          // Who only reads is well with it.
          onlyIfBlamed: true,
          mend: 'connect to the primary',
          decide: `whether ${workload.title} has to write there`,
        },
      ];
    });
  });
}

/** A database that starts refuses everybody for a moment. */
function isChanging(cluster: LiveCluster, namespace: string, { host, answer }: ProbedLogIn): boolean {
  const service = ownerOfHost(cluster, namespace, host);
  return (
    answer.endsWith('(57P03)') &&
    service !== undefined &&
    cluster.podsBehind(service).some((pod) => isSettling(cluster, pod))
  );
}

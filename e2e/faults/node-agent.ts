import { attempt, run } from '../command.js';
import { must } from '../journal.js';

const NAMESPACE = 'cafe-lumiere-faults';
const NAME = 'node-agent';

/**
 * A privileged pod on each node that sees the node's processes. Process 1 of a container cannot be killed or frozen from
 * inside: the kernel protects it from its own namespace. It is the tests' own and no part of the café.
 */
export class NodeAgent {
  /** @param image - with `sh`, `grep` and `sleep`; one that the nodes have already */
  static async start(image: string): Promise<NodeAgent> {
    const labels = { app: NAME };
    const daemonSet = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: NAME, namespace: NAMESPACE },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            hostPID: true,
            hostNetwork: true,
            terminationGracePeriodSeconds: 0,
            tolerations: [{ operator: 'Exists' }],
            containers: [
              {
                name: NAME,
                image,
                command: ['sleep', 'infinity'],
                securityContext: { privileged: true, runAsUser: 0 },
              },
            ],
          },
        },
      },
    };
    await run(`kubectl create namespace ${NAMESPACE} --dry-run=client -o yaml | kubectl apply -f -`);
    await run('kubectl apply -f -', { stdin: JSON.stringify(daemonSet) });
    await run(`kubectl -n ${NAMESPACE} rollout status daemonset/${NAME} --timeout=120s`, {
      timeoutSeconds: 130,
    });
    return new NodeAgent();
  }

  /** Removes it from every node. */
  async end(): Promise<void> {
    await run(`kubectl delete namespace ${NAMESPACE} --ignore-not-found --timeout=120s`);
  }

  /**
   * Sends a signal to every process of a container.
   *
   * @param containerId - as a pod's status has it, `containerd://…`
   * @returns when the first one got it, by the node's clock, in milliseconds since 1970
   */
  async signal(node: string, containerId: string, signal: 'KILL' | 'STOP' | 'CONT'): Promise<number> {
    const id = containerId.replace(/^\w+:\/\//, '');
    must(/^[0-9a-f]{64}$/.test(id), `"${containerId}" is no container's id`);
    const said = await this.sh(
      node,
      `for process in /proc/[0-9]*; do if grep -qs ${id} $process/cgroup; then date +%s%3N; kill -${signal} \${process#/proc/}; fi; done; true`,
    );
    const [first = ''] = said.trim().split('\n');
    must(first !== '', `no process of ${containerId} was found on ${node}`);
    return Number(first);
  }

  /** Runs a line on a node, as its root. @returns what it printed */
  async sh(node: string, line: string): Promise<string> {
    const { stdout: name } = await attempt(
      `kubectl -n ${NAMESPACE} get pods -l app=${NAME} --field-selector spec.nodeName=${node} -o jsonpath='{.items[0].metadata.name}'`,
    );
    must(name !== '', `no ${NAME} runs on ${node}`);
    return run(`kubectl -n ${NAMESPACE} exec -i ${name} -- sh`, { stdin: line, timeoutSeconds: 60 });
  }
}

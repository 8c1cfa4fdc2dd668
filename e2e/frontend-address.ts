import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { kubectl, NAMESPACE } from './cluster.js';
import { eventually, must } from './journal.js';

/** Where the frontend is reached from here. */
export interface FrontendAddress {
  readonly url: string;
  /** How: by the load balancer's address, or by a forwarded port on a cluster that gives none. */
  readonly through: 'load balancer' | 'port-forward';
  close(): void;
}

/** The load balancer's address of the Service `frontend`. On a cluster without load balancers (kind) a port is forwarded. */
export async function frontendAddress(waitSeconds = 20): Promise<FrontendAddress> {
  try {
    const host = await eventually(waitSeconds, async () => {
      const found = await kubectl(
        `get service frontend -o jsonpath='{.status.loadBalancer.ingress[0].ip}{.status.loadBalancer.ingress[0].hostname}'`,
      );
      must(found !== '', 'the Service frontend has no address yet');
      return found;
    });
    return { url: `http://${host}`, through: 'load balancer', close: () => undefined };
  } catch {
    return forwarded();
  }
}

function forwarded(): Promise<FrontendAddress> {
  const child = spawn('kubectl', ['-n', NAMESPACE, 'port-forward', 'service/frontend', ':80'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((done, fail) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port !== undefined) {
        done({ url: `http://127.0.0.1:${port}`, through: 'port-forward', close: () => child.kill() });
      }
    });
    child.once('error', fail);
    child.once('exit', (code) => {
      fail(new Error(`kubectl port-forward ended with ${code ?? 'a signal'}`));
    });
  });
}

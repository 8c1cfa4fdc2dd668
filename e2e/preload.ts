import { NAMESPACE } from './cluster.js';
import { run } from './command.js';

/**
 * Brings images onto every node, so that what is measured afterwards is the start and not the download: a DaemonSet
 * whose init containers are the images, and do nothing.
 */
export async function preloadImages(images: readonly string[]): Promise<void> {
  const name = `${NAMESPACE}-preload`;
  const container = (image: string, index: number) => ({
    name: `image-${index}`,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['true'],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  });
  const [first = ''] = images;
  const daemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 0,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65_534,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          initContainers: images.map(container),
          containers: [{ ...container(first, images.length), command: ['sleep', '600'] }],
        },
      },
    },
  };
  await run(`kubectl create namespace ${name} --dry-run=client -o yaml | kubectl apply -f -`);
  await run('kubectl apply -f -', { stdin: JSON.stringify(daemonSet) });
  await run(`kubectl -n ${name} rollout status daemonset/${name} --timeout=300s`, { timeoutSeconds: 310 });
  await run(`kubectl delete namespace ${name} --timeout=120s`);
}

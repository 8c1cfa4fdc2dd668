import type { Fault } from '../fault.js';
import {
  deployment,
  type KubernetesObject,
  NODE,
  policy,
  program,
  REDIS,
  service,
  serving,
  sleeper,
  withSpec,
} from '../objects.js';

// Ways between pods, tried from inside. NODE_NETWORK_COMMAND takes a node's name and a command line, and runs it in the
// node's network, such as one that calls ssh.

const FIRST = 'worker-1';
const SECOND = 'worker-2';
const onNode = (node: string, line: string): string => `\${NODE_NETWORK_COMMAND:?} ${node} ${line}`;
const podsOf = (node: string): string =>
  `$(kubectl get pods -A --field-selector spec.nodeName=${node},status.phase=Running -o jsonpath={.items[*].status.podIP} | tr ' ' ,)`;

/** A store with a pod on each of two nodes, and who asks it on each. */
const shop = (
  store: (name: string, pod: KubernetesObject) => KubernetesObject,
): readonly KubernetesObject[] => [
  ...[FIRST, SECOND].map((node) =>
    store(`store-${node}`, { nodeSelector: { 'kubernetes.io/hostname': node } }),
  ),
  service('store', 8080, { selector: { part: 'store' } }),
  everywhere(
    program('web', serving('/'), { container: { env: [{ name: 'STORE_URL', value: 'http://store:8080' }] } }),
  ),
];

const serves = (name: string, pod: KubernetesObject): KubernetesObject =>
  labelled(program(name, serving('/'), { pod, container: { ports: [{ containerPort: 8080 }] } }));

const labelled = (object: KubernetesObject): KubernetesObject => {
  const { template } = object['spec'] as { readonly template: KubernetesObject };
  const { metadata } = template as { readonly metadata: { readonly labels: KubernetesObject } };
  return withSpec(object, {
    template: { ...template, metadata: { labels: { ...metadata.labels, part: 'store' } } },
  });
};

const everywhere = ({ spec, ...object }: KubernetesObject): KubernetesObject => {
  const { selector, template } = spec as KubernetesObject;
  return { ...object, kind: 'DaemonSet', spec: { selector, template } };
};

/**
 * Rules of a node's packet filter, in a chain of their own, so that they end whatever became of the pods that they name.
 * Not in the table `filter`: some network plug-ins write that anew from what they read a moment before.
 */
const filtered = (
  node: string,
  rules: readonly string[],
  hook: 'FORWARD' | 'PREROUTING' = 'FORWARD',
): Pick<Fault, 'then' | 'restore'> => {
  const filter = (line: string): string => onNode(node, `iptables -t mangle ${line}`);
  return {
    then: [
      'kubectl rollout status deployment,daemonset --timeout=90s',
      filter('-N CAFE-DOCTOR'),
      ...rules.map((rule) => filter(`-A CAFE-DOCTOR ${rule}`)),
      filter(`-I ${hook} -j CAFE-DOCTOR`),
    ],
    restore: [`-D ${hook} -j CAFE-DOCTOR`, '-F CAFE-DOCTOR', '-X CAFE-DOCTOR'].map(filter),
  };
};

export const ways: readonly Fault[] = [
  { name: 'ways-well', probe: true, objects: () => shop(serves), roots: [] },
  {
    name: 'way-cut',
    probe: true,
    objects: () => shop(serves),
    ...filtered(FIRST, [`-s ${podsOf(SECOND)} -j DROP`, `-d ${podsOf(SECOND)} -j DROP`]),
    roots: [['CAFE204', 'in both directions']],
  },
  {
    name: 'way-open-in-one-direction',
    probe: true,
    objects: () => shop(serves),
    ...filtered(FIRST, [`-d ${podsOf(SECOND)} -m conntrack --ctstate NEW -j DROP`]),
    roots: [['CAFE204', `in this direction only: ${SECOND} reaches ${FIRST}`]],
  },
  {
    name: 'large-packets-lost',
    probe: true,
    objects: () => shop(serves),
    ...filtered(FIRST, [`-d ${podsOf(SECOND)} -m length --length 1300:65535 -j DROP`]),
    roots: [['CAFE205', `from ${FIRST} to ${SECOND}`]],
  },
  {
    name: 'dns-silent-for-one-node',
    probe: true,
    objects: () => shop(serves),
    ...filtered('worker-3', [
      '-p udp --dport 53 -d $(kubectl -n kube-system get pod -l k8s-app=kube-dns -o jsonpath={.items[0].status.podIP}) -j DROP',
    ]),
    roots: [['CAFE206', 'does not answer pods on node worker-3']],
  },
  {
    // As where kube-proxy does not do its work.
    name: 'address-of-service-dead-on-one-node',
    probe: true,
    objects: () => shop(serves),
    ...filtered(
      'worker-3',
      ['-d $(kubectl get service store -o jsonpath={.spec.clusterIP}) -j DROP'],
      'PREROUTING',
    ),
    roots: [['CAFE279', 'on node worker-3']],
  },
  {
    name: 'works-after-several-clicks',
    probe: true,
    objects: () =>
      shop((name, pod) =>
        name.endsWith(FIRST)
          ? serves(name, pod)
          : labelled(program(name, 'setInterval(() => {}, 1000)', { pod, container: { image: NODE } })),
      ),
    roots: [['CAFE278', 'several clicks']],
  },
  {
    // Whoever asks has no program but his own: somebody beside him tries.
    name: 'tried-from-beside',
    probe: { image: REDIS },
    objects: () => [
      sleeper('store', { container: { ports: [{ containerPort: 6379 }] } }),
      service('store', 6379),
      // As good as an image with one program in it.
      deployment('web', ['/bin/sleep', '100000'], {
        container: {
          env: [
            { name: 'PATH', value: '/nowhere' },
            { name: 'STORE_URL', value: 'redis://store:6379' },
          ],
        },
      }),
    ],
    roots: [['CAFE278', 'refuses connections']],
  },
  {
    name: 'policy-tried',
    probe: true,
    objects: () => [
      ...shop(serves),
      policy('store', {
        podSelector: { matchLabels: { part: 'store' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'wed' } } }], ports: [{ port: 8080 }] }],
      }),
    ],
    roots: [['CAFE273', 'NetworkPolicy']],
  },
];

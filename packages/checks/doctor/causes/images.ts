import type { LiveCluster, LiveWorkload } from '../model/live-cluster.js';
import type { Live } from '../model/live-schemas.js';
import { containersOf, titleOfPod } from '../model/pod-state.js';
import type { Cause } from './cause.js';
import type { Code } from './codes.js';
import { kindAndName } from './placing.js';

const PULLING = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/** Images that a node cannot get. */
export function imageCauses(cluster: LiveCluster): readonly Cause[] {
  return cluster.workloads.flatMap((workload) =>
    workload.pods.flatMap((pod) =>
      containersOf(pod).flatMap(({ container, status, isInit }): Cause[] => {
        const { waiting } = status.state;
        if (!waiting || !PULLING.has(waiting.reason)) return [];
        const said = pullError(cluster, pod, container.image) ?? waiting.message;
        const field = `status.${isInit ? 'initContainerStatuses' : 'containerStatuses'}[${container.name}].state.waiting`;
        const [code, key, sentence, mend] = judged(
          { ...workload, container: container.name },
          container.image,
          waiting.reason,
          said,
        );
        const isSilent = said === '' || /^Back-off pulling image "[^"]*"$/.test(said);
        const isUnsure = code === 'CAFE221' && sentence.endsWith(' or that registry is away');
        const verdict = isSilent ? 'cannot tell' : isUnsure ? 'likely' : 'proven';
        return [
          {
            code,
            verdict,
            ...(verdict === 'proven'
              ? {}
              : { decide: `what the registry says: crane manifest ${container.image}` }),
            key,
            sentence,
            evidence: [
              {
                object: titleOfPod(pod),
                field,
                value: `${waiting.reason}: ${said}`,
              },
            ],
            breaks: [workload.title],
            mend,
          },
        ];
      }),
    ),
  );
}

/** What the node was told: the waiting container's own message only counts the tries, on older nodes. */
function pullError(cluster: LiveCluster, pod: Live<'Pod'>, image: string): string | undefined {
  return cluster
    .eventsOf(titleOfPod(pod))
    .find(
      ({ reason, message }) =>
        reason === 'Failed' && message.startsWith('Failed to pull') && message.includes(image),
    )?.message;
}

function judged(
  workload: Pick<LiveWorkload, 'namespace' | 'kind' | 'name' | 'title'> & { readonly container: string },
  image: string,
  reason: string,
  said: string,
): readonly [code: Code, key: string, sentence: string, mend: string] {
  const [registry = ''] = image.includes('/') ? image.split('/') : ['docker.io'];
  const host = /[.:]|^localhost$/.test(registry) ? registry : 'docker.io';
  const setImage = `kubectl -n ${workload.namespace} set image ${kindAndName(workload)} ${workload.container}=IMAGE:TAG`;
  if (reason === 'InvalidImageName') {
    return [
      'CAFE224',
      image,
      `"${image}", which ${workload.title} names as its image, is no name of an image`,
      setImage,
    ];
  }
  if (reason === 'ErrImageNeverPull') {
    return [
      'CAFE226',
      image,
      `image ${image} is not on the node, and imagePullPolicy Never forbids to pull it`,
      `load it on every node, or set imagePullPolicy to IfNotPresent in ${workload.title}`,
    ];
  }
  if (/no match for platform|does not match the specified platform|no matching manifest for/i.test(said)) {
    return [
      'CAFE225',
      image,
      `image ${image} has nothing for the processor of this node`,
      `build it for every platform: docker buildx build --platform linux/amd64,linux/arm64 --push`,
    ];
  }
  if (
    /no such host|dial tcp|i\/o timeout|connection refused|TLS handshake|server gave HTTP response|deadline exceeded|x509|no route to host|network is unreachable|EOF/i.test(
      said,
    )
  ) {
    // Only a mirror of the node's makes such a name work, and after the mirror's "not found" the node asks itself.
    if (isOwn(host)) {
      return [
        'CAFE221',
        image,
        `image ${image}, which ${workload.title} runs, is not in the registry that the nodes know as ${host}, or that registry is away`,
        setImage,
      ];
    }
    return [
      'CAFE223',
      host,
      `registry ${host} does not answer the node: ${lastPart(said)}`,
      `curl -I https://${host}/v2/   # from a node; mend its name, its network, or the host in the image's name`,
    ];
  }
  if (/401|403|unauthorized|denied|authorization failed|authentication required|no basic auth/i.test(said)) {
    return [
      'CAFE222',
      `${workload.namespace} ${image}`,
      `registry ${host} does not let the node have ${image}: it takes a log-in, or there is no such image`,
      `kubectl -n ${workload.namespace} create secret docker-registry NAME --docker-server=${host} --docker-username=… --docker-password=…   # and name it in imagePullSecrets`,
    ];
  }
  if (/not found|manifest unknown|NAME_UNKNOWN|does not exist|failed to resolve reference/i.test(said)) {
    return [
      'CAFE221',
      image,
      `image ${image}, which ${workload.title} runs, is not in its registry`,
      setImage,
    ];
  }
  return ['CAFE221', image, `image ${image}, which ${workload.title} runs, cannot be pulled`, setImage];
}

/** Whether a registry's name means the node itself. */
const isOwn = (host: string): boolean => /^(?:localhost|127\.[\d.]+)(?::\d+)?$/.test(host);

/** The innermost error of Go's chain. */
const lastPart = (said: string): string =>
  said
    .split(/": |: (?=dial|lookup|http|EOF|tls|x509|context)/)
    .at(-1)
    ?.trim() ?? said;

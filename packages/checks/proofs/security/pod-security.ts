import type { Workload } from '../../model/cluster.js';
import { containersOf, type PodContainer } from '../../model/containers.js';
import { titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';

/** What the profile lets a volume be. */
const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);
const SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

/**
 * Every pod keeps Kubernetes' profile "restricted", init containers included; a namespace that enforces it refuses the
 * others. The rules: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export const podSecurity = {
  id: 'CAFE081',
  severity: 'advice',
  title: 'Not Pod Security "restricted"',
  why: 'A namespace that enforces the standard refuses the pods, and the rollout waits for pods that are never made. A process that is broken into has more rights than it needs.',
  problems: (cluster) =>
    cluster.workloads.flatMap((workload) => [
      ...ofPod(workload),
      ...containersOf(workload).flatMap(ofContainer),
    ]),
} as const satisfies Proof;

function ofPod(workload: Workload): Problem[] {
  const { pod } = workload;
  const problem = problems(workload, '');
  return [
    ...(['hostNetwork', 'hostPID', 'hostIPC'] as const).flatMap((field) =>
      pod[field] ? [problem(field, 'true', "false: the pod would share the node's", `delete ${field}`)] : [],
    ),
    ...(pod.securityContext?.sysctls ?? []).flatMap(({ name }) =>
      SYSCTLS.has(name)
        ? []
        : [problem('securityContext.sysctls', name, 'one of the safe sysctls', `delete ${name}`)],
    ),
    ...pod.volumes.flatMap((volume) => {
      const type = Object.keys(volume).find(
        (key) => key !== 'name' && volume[key] !== undefined && !VOLUMES.has(key),
      );
      return type === undefined
        ? []
        : [
            problem(
              `volumes[${volume.name}]`,
              type,
              `one of ${[...VOLUMES].join(', ')}`,
              `use an emptyDir or a claim instead of ${type}`,
            ),
          ];
    }),
  ];
}

const ofContainer = (each: PodContainer): Problem[] => [
  ...privileges(each),
  ...user(each),
  ...profiles(each),
  ...capabilities(each),
  ...hostNetwork(each),
];

function privileges({ workload, list, container }: PodContainer): Problem[] {
  const problem = problems(workload, `${list}[${container.name}].securityContext.`);
  const { privileged, allowPrivilegeEscalation } = container.securityContext ?? {};
  return [
    ...(privileged === true ? [problem('privileged', 'true', 'false', 'set privileged to false')] : []),
    ...(allowPrivilegeEscalation === false
      ? []
      : [
          problem(
            'allowPrivilegeEscalation',
            String(allowPrivilegeEscalation ?? 'nothing'),
            'false',
            'set allowPrivilegeEscalation to false',
          ),
        ]),
  ];
}

function user({ workload, list, container }: PodContainer): Problem[] {
  const problem = problems(workload, `${list}[${container.name}].securityContext.`);
  const { runAsNonRoot, runAsUser } = { ...workload.pod.securityContext, ...container.securityContext };
  return [
    ...(runAsNonRoot === true
      ? []
      : [
          problem(
            'runAsNonRoot',
            String(runAsNonRoot ?? 'nothing'),
            'true, here or for the pod',
            'set runAsNonRoot to true and runAsUser to the image’s user',
          ),
        ]),
    ...(runAsUser === 0
      ? [
          problem(
            'runAsUser',
            '0, root',
            'any other user',
            'set runAsUser to a number above 0, such as 10001',
          ),
        ]
      : []),
  ];
}

function profiles({ workload, list, container }: PodContainer): Problem[] {
  const problem = problems(workload, `${list}[${container.name}].securityContext.`);
  const own = container.securityContext;
  const seccomp = own?.seccompProfile?.type ?? workload.pod.securityContext?.seccompProfile?.type;
  return [
    ...(seccomp === 'RuntimeDefault' || seccomp === 'Localhost'
      ? []
      : [
          problem(
            'seccompProfile.type',
            seccomp ?? 'nothing',
            'RuntimeDefault or Localhost, here or for the pod',
            'set seccompProfile.type to RuntimeDefault',
          ),
        ]),
    ...(own?.procMount === undefined || own.procMount === 'Default'
      ? []
      : [problem('procMount', own.procMount, 'Default', 'delete procMount')]),
  ];
}

function capabilities({ workload, list, container }: PodContainer): Problem[] {
  const problem = problems(workload, `${list}[${container.name}].securityContext.capabilities.`);
  const { drop = [], add = [] } = container.securityContext?.capabilities ?? {};
  const added = add.filter((name) => name !== 'NET_BIND_SERVICE').join(', ');
  return [
    ...(drop.includes('ALL')
      ? []
      : [problem('drop', drop.join(', ') || 'nothing', 'ALL', 'set capabilities.drop to [ALL]')]),
    ...(added === '' ? [] : [problem('add', added, 'nothing but NET_BIND_SERVICE', `delete ${added}`)]),
  ];
}

function hostNetwork({ workload, list, container }: PodContainer): Problem[] {
  const problem = problems(workload, `${list}[${container.name}].`);
  const port = container.ports.find(({ hostPort }) => hostPort !== undefined && hostPort !== 0);
  const { startupProbe, readinessProbe, livenessProbe } = container;
  return [
    ...(port
      ? [
          problem(
            `ports[${port.containerPort}].hostPort`,
            String(port.hostPort),
            'none: two pods of one node would fight for it',
            'delete hostPort; a Service finds the pod',
          ),
        ]
      : []),
    ...[startupProbe, readinessProbe, livenessProbe].flatMap((probe) => {
      const host = probe?.httpGet?.host ?? probe?.tcpSocket?.host;
      return host === undefined
        ? []
        : [
            problem(
              'probe host',
              host,
              'none: the kubelet would connect to any address of the node’s network',
              'delete host',
            ),
          ];
    }),
  ];
}

const problems =
  (workload: Workload, place: string) =>
  (field: string, found: string, expected: string, change: string): Problem => ({
    object: titleOf(workload),
    field: `${workload.podPath}.${place}${field}`,
    found,
    expected: `${expected} (Pod Security "restricted")`,
    change,
  });

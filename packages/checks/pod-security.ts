import type { Workload } from './cluster.js';
import { containersOf } from './environment.js';
import type { Finding } from './finding.js';
import { isRecord, titleOf } from './manifest.js';
import type { Container } from './objects.js';
import type { Check } from './options.js';

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
export const podSecurity: Check = (cluster) =>
  cluster.workloads.flatMap((workload) => [
    ...ofPod(workload),
    ...containersOf(workload).flatMap(({ list, container }) => ofContainer(workload, list, container)),
  ]);

function ofPod(workload: Workload): Finding[] {
  const { pod } = workload;
  const say = sayer(workload, '');
  return [
    ...(['hostNetwork', 'hostPID', 'hostIPC'] as const).flatMap((field) =>
      pod[field] ? [say(field, 'true', "false: the pod would share the node's", `delete ${field}`)] : [],
    ),
    ...(pod.securityContext?.sysctls ?? []).flatMap(({ name }) =>
      SYSCTLS.has(name)
        ? []
        : [say('securityContext.sysctls', name, 'one of the safe sysctls', `delete ${name}`)],
    ),
    ...pod.volumes.flatMap((volume) => {
      const type = Object.keys(volume).find(
        (key) => key !== 'name' && volume[key] !== undefined && !VOLUMES.has(key),
      );
      return type === undefined
        ? []
        : [
            say(
              `volumes[${volume.name}]`,
              type,
              `one of ${[...VOLUMES].join(', ')}`,
              `use an emptyDir or a claim instead of ${type}`,
            ),
          ];
    }),
  ];
}

function ofContainer(workload: Workload, list: string, container: Container): Finding[] {
  const own = container.securityContext;
  const pod = workload.pod.securityContext;
  const say = sayer(workload, `${list}[${container.name}].`);
  const findings: Finding[] = [];
  const seccomp = own?.seccompProfile?.type ?? pod?.seccompProfile?.type;
  const dropped = own?.capabilities?.drop ?? [];
  const added = (own?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
  if (own?.privileged === true) {
    findings.push(say('securityContext.privileged', 'true', 'false', 'set privileged to false'));
  }
  if (own?.allowPrivilegeEscalation !== false) {
    findings.push(
      say(
        'securityContext.allowPrivilegeEscalation',
        String(own?.allowPrivilegeEscalation ?? 'nothing'),
        'false',
        'set allowPrivilegeEscalation to false',
      ),
    );
  }
  if ((own?.runAsNonRoot ?? pod?.runAsNonRoot) !== true) {
    findings.push(
      say(
        'securityContext.runAsNonRoot',
        String(own?.runAsNonRoot ?? pod?.runAsNonRoot ?? 'nothing'),
        'true, here or for the pod',
        'set runAsNonRoot to true and runAsUser to the image’s user',
      ),
    );
  }
  if ((own?.runAsUser ?? pod?.runAsUser) === 0) {
    findings.push(
      say(
        'securityContext.runAsUser',
        '0, root',
        'any other user',
        'set runAsUser to a number above 0, such as 10001',
      ),
    );
  }
  if (seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost') {
    findings.push(
      say(
        'securityContext.seccompProfile.type',
        seccomp ?? 'nothing',
        'RuntimeDefault or Localhost, here or for the pod',
        'set seccompProfile.type to RuntimeDefault',
      ),
    );
  }
  if (!dropped.includes('ALL')) {
    findings.push(
      say(
        'securityContext.capabilities.drop',
        dropped.join(', ') || 'nothing',
        'ALL',
        'set capabilities.drop to [ALL]',
      ),
    );
  }
  if (added.length > 0) {
    findings.push(
      say(
        'securityContext.capabilities.add',
        added.join(', '),
        'nothing but NET_BIND_SERVICE',
        `delete ${added.join(', ')}`,
      ),
    );
  }
  if (own?.procMount !== undefined && own.procMount !== 'Default') {
    findings.push(say('securityContext.procMount', own.procMount, 'Default', 'delete procMount'));
  }
  const hostPort = container.ports.find(({ hostPort: port }) => port !== undefined && port !== 0);
  if (hostPort) {
    findings.push(
      say(
        `ports[${hostPort.containerPort}].hostPort`,
        String(hostPort.hostPort),
        'none: two pods of one node would fight for it',
        'delete hostPort; a Service finds the pod',
      ),
    );
  }
  const handlers = [container.startupProbe, container.readinessProbe, container.livenessProbe];
  for (const probe of handlers) {
    const host = probe?.httpGet?.host ?? probe?.tcpSocket?.host;
    if (host !== undefined && isRecord(probe)) {
      findings.push(
        say(
          'probe host',
          host,
          'none: the kubelet would connect to any address of the node’s network',
          'delete host',
        ),
      );
    }
  }
  return findings;
}

const sayer =
  (workload: Workload, place: string) =>
  (field: string, found: string, expected: string, change: string): Finding => ({
    id: 'CAFE081',
    severity: 'error',
    object: titleOf(workload),
    field: `${workload.podPath}.${place}${field}`,
    found,
    expected: `${expected} (Pod Security "restricted")`,
    change,
  });

import type { Typed, Workload } from '../../model/cluster.js';
import { type ServicePort, targetPort } from '../../model/connections.js';
import { titleOf } from '../../model/manifest.js';
import { isWritten, seemsToListen } from '../../model/listening.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';
import { selectingServices } from '../../model/selecting-services.js';

/** Each port of a Service leads to one that a container of its pods declares. */
export const undeclaredTargetPort = {
  id: 'CAFE003',
  title: 'The Service leads to a port that no container declares',
  why: 'The Service has an address, its pods are ready, and every connection is refused: nothing listens behind the port.',
  problems: (cluster) =>
    selectingServices(cluster).flatMap(({ service, targets }) =>
      service.typed.spec.ports.flatMap((port): Problem[] => {
        const target = targets.find((workload) => !targetPort(port, workload));
        if (!target) return [];
        const wanted = port.targetPort ?? port.port;
        const { containers } = target.pod;
        // Without any declared port a number still works; with some, a number that is none of them is a mistake.
        const isNumber = typeof wanted === 'number';
        if (isNumber && containers.every(({ ports }) => ports.length === 0)) return [];
        if (isNumber && seemsToListen(cluster, target, wanted, 'service')) return [];
        const declared = containers.flatMap(({ ports }) =>
          ports.map(({ name, containerPort }) =>
            isNumber || name === undefined ? String(containerPort) : name,
          ),
        );
        const isSaid =
          isNumber && (isWritten(cluster, target, wanted) || isOneOfSeveral(service, port, target));
        return [
          {
            ...problem(service, port.name ?? port.port, wanted, titleOf(target), declared),
            ...(isSaid ? { severity: 'advice' } : {}),
          },
        ];
      }),
    ),
} as const satisfies Proof;

/** Whether others of the Service's ports are declared: a second one, for metrics or peers, is often left out. */
const isOneOfSeveral = (service: Typed<'Service'>, port: ServicePort, target: Workload): boolean =>
  service.typed.spec.ports.some((each) => each !== port && targetPort(each, target) !== undefined);

function problem(
  service: Typed<'Service'>,
  port: string | number,
  wanted: string | number,
  target: string,
  declared: readonly string[],
): Problem {
  const likely = nearest(String(wanted), declared) ?? (declared.length === 1 ? declared[0] : undefined);
  return {
    // A number may be listened on without being declared; a name that is not declared leads nowhere.
    severity: typeof wanted === 'number' ? 'risk' : 'broken',
    object: titleOf(service),
    field: `spec.ports[${port}].targetPort`,
    found: String(wanted),
    expected: `a port that a container of ${target} declares: ${declared.join(', ') || 'it declares none'}`,
    likely,
    change: `set the targetPort to ${likely ?? 'a declared port'}, or declare ${wanted} in the container`,
  };
}

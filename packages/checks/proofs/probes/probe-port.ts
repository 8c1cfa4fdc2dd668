import { isPort, isWritten, portOf, seemsToListen } from '../../model/listening.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';
import { probeProblem, probesIn } from './probes.js';

/** Each probe asks a port that its container declares. */
export const probePort = {
  id: 'CAFE033',
  title: 'A probe asks a port that is not declared',
  why: 'The probe is refused at each try: the pod never becomes ready, or is killed again and again.',
  problems: (cluster) =>
    probesIn(cluster).flatMap((each): Problem[] => {
      const { probe, kind } = each;
      const { ports } = each.container;
      const how = probe.httpGet ? 'httpGet' : probe.tcpSocket ? 'tcpSocket' : 'grpc';
      const port = portOf(probe);
      if (
        port === undefined ||
        // Of another host the container declares nothing.
        (probe.httpGet?.host ?? probe.tcpSocket?.host) !== undefined ||
        (typeof port === 'number' && !isPort(port)) ||
        ports.some(({ name, containerPort }) => port === containerPort || port === name)
      ) {
        return [];
      }
      // Without any declared port a number still works.
      if (typeof port === 'number' && ports.length === 0) return [];
      if (typeof port === 'number' && seemsToListen(cluster, each.workload, port, 'probe')) return [];
      const names = ports.map(({ name, containerPort }) => name ?? String(containerPort));
      const likely = nearest(String(port), names) ?? (names.length === 1 ? names[0] : undefined);
      // What all probes of a container agree on is a port for probes.
      const others = probesIn(cluster).filter(
        ({ workload, container }) => workload === each.workload && container === each.container,
      );
      const isAgreed = others.length > 1 && others.every((other) => portOf(other.probe) === port);
      return [
        probeProblem(each, `${kind}.${how}.port`, {
          // A number may be listened on without being declared.
          severity:
            typeof port !== 'number'
              ? 'broken'
              : isWritten(cluster, each.workload, port) ||
                  (isAgreed && nearest(String(port), names) === undefined)
                ? 'advice'
                : 'risk',
          found: String(port),
          expected: `a port that the container declares: ${names.join(', ') || 'it declares none'}`,
          likely,
          change: `set the port to ${likely ?? 'a declared one'}; a probe of a port where nobody listens never succeeds`,
        }),
      ];
    }),
} as const satisfies Proof;

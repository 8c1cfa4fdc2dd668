import type { Cluster, Workload } from './cluster.js';
import { containersOf } from './environment.js';
import type { Finding } from './finding.js';
import { titleOf } from './manifest.js';
import { referenceFinding as finding } from './reference.js';

/** Each variable is set once. */
export function environment(workload: Workload): Finding[] {
  return containersOf(workload).flatMap(({ list, container }) => {
    const seen = new Map<string, string>();
    return container.env.flatMap(({ name, value, valueFrom }): Finding[] => {
      const before = seen.get(name);
      const now = value ?? JSON.stringify(valueFrom ?? '');
      seen.set(name, now);
      if (before === undefined) return [];
      return [
        finding(workload, 'CAFE025', `${list}[${container.name}].env[${name}]`, {
          found: `two entries: ${before}, then ${now}`,
          expected: 'each variable once; the last one wins, and an apply may merge the two into one',
          likely: undefined,
          change: `delete one of the two entries ${name}`,
        }),
      ];
    });
  });
}

/** Kubernetes gives each pod a variable `<SERVICE>_PORT=tcp://…` for each Service, unless the pod says no. */
export function serviceLinks(cluster: Cluster, workload: Workload): Finding[] {
  if (!workload.pod.enableServiceLinks) return [];
  return containersOf(workload).flatMap(({ list, container }) => {
    const read = new Set(
      [...container.command, ...container.args].flatMap((text) =>
        [...text.matchAll(/\$[({]?([A-Z][A-Z0-9_]*)/g)].map(([, name = '']) => name),
      ),
    );
    const own = new Set(container.env.map(({ name }) => name));
    const siblings = [...own].flatMap((name) =>
      name.endsWith('_HOST') ? [name.replace(/HOST$/, 'PORT')] : [],
    );
    return [...new Set([...read, ...siblings])].flatMap((name): Finding[] => {
      const service = /^([A-Z0-9_]+?)(?:_SERVICE_HOST|_SERVICE_PORT|_PORT)$/.exec(name)?.[1];
      if (service === undefined || own.has(name)) return [];
      const clash = cluster.services.get(
        `${workload.namespace}/${service.toLowerCase().replaceAll('_', '-')}`,
      );
      if (!clash || clash.typed.spec.clusterIP === 'None') return [];
      return [
        finding(workload, 'CAFE026', 'enableServiceLinks', {
          found: `${list}[${container.name}] reads ${name}, which nothing sets and the link to ${titleOf(clash)} sets to tcp://<address>:<port>`,
          expected:
            'false, or a value of your own: a link stands there only for Services that are older than the pod',
          likely: 'false',
          change: `set enableServiceLinks: false, and ${name} in the container's env`,
        }),
      ];
    });
  });
}

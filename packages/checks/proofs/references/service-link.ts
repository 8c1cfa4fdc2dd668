import { configuredContainers } from '../../model/containers.js';
import { titleOf } from '../../model/manifest.js';
import { besideHost, keepsContract } from '../../model/variable-names.js';
import type { Problem, Proof } from '../proof.js';
import { podProblem } from './references.js';

/** Kubernetes gives each pod a variable `<SERVICE>_PORT=tcp://…` for each Service, unless the pod says no. */
export const serviceLink = {
  id: 'CAFE026',
  severity: 'risk',
  title: 'A variable of a Service link stands in for one that nothing sets',
  why: 'Kubernetes gives each pod variables for each Service of its namespace. Where one has the name of a setting that nothing sets, the program reads an address such as tcp://10.0.0.1:80 in its place.',
  problems: (cluster) =>
    configuredContainers(cluster).flatMap(({ workload, list, container, variables }) => {
      if (!workload.pod.enableServiceLinks) return [];
      const read = [...container.command, ...container.args].flatMap((text) =>
        [...text.matchAll(/\$[({]?([A-Z][A-Z0-9_]*)/g)].map(([, name = '']) => name),
      );
      const own = new Set(container.env.map(({ name }) => name));
      // What a program reads is in no manifest, except that of one on our runtime.
      const ports = [...(keepsContract(variables) ? own : [])].flatMap((name) =>
        name.endsWith('_HOST') ? (besideHost(name, '*_PORT') ?? []) : [],
      );
      return [...new Set([...read, ...ports])].flatMap((name): Problem[] => {
        const service = /^([A-Z0-9_]+?)(?:_SERVICE_HOST|_SERVICE_PORT|_PORT)$/.exec(name)?.[1];
        if (service === undefined || own.has(name)) return [];
        const clash = cluster.services.get(
          `${workload.namespace}/${service.toLowerCase().replaceAll('_', '-')}`,
        );
        if (!clash || clash.typed.spec.clusterIP === 'None') return [];
        return [
          podProblem(workload, 'enableServiceLinks', {
            found: `${list}[${container.name}] reads ${name}, which nothing sets and the link to ${titleOf(clash)} sets to tcp://<address>:<port>`,
            expected:
              'false, or a value of your own: a link stands there only for Services that are older than the pod',
            likely: 'false',
            change: `set enableServiceLinks: false, and ${name} in the container's env`,
          }),
        ];
      });
    }),
} as const satisfies Proof;

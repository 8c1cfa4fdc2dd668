import { Cluster, type Workload } from '../../model/cluster.js';
import { toManifests } from '../../model/manifest.js';
import { NetworkPolicies, type PodPort } from '../../model/network-policies.js';
import type { PolicySet } from './policy-sets.js';

/** What the checks say of each question of a set. */
export function verdictsOf({ objects, questions }: PolicySet): boolean[] {
  const cluster = new Cluster(toManifests(objects, 'the set'));
  const policies = new NetworkPolicies(cluster);
  const pods = new Map(cluster.workloads.map((each) => [`${each.namespace}/${each.name}`, each]));
  const named = (name: string): Workload => {
    const found = pods.get(name);
    if (!found) throw new Error(`the set has no pod ${name}`);
    return found;
  };
  return questions.map(([source, target, protocol, number]) => {
    const [from, to] = [named(source), named(target)];
    const port: PodPort = {
      number,
      protocol,
      name: to.pod.containers
        .flatMap(({ ports }) => ports)
        .find((each) => each.containerPort === number && each.protocol === protocol)?.name,
    };
    return policies.allows(from, 'Egress', to, port) && policies.allows(to, 'Ingress', from, port);
  });
}

import { titleOf } from '../model/manifest.js';
import type { Cluster, Workload } from '../model/cluster.js';
import { type Direction, matchesPort, type PodPort, type Remote } from '../model/network-policies.js';
import { policiesOf } from '../proofs/network/flows.js';
import { type Reach, reaches } from './reaches.js';

/** What the policies say about one connection. */
export interface Verdict {
  /** `open`: no policy restricts either end; `denied`: one of them lets it through nowhere. */
  readonly verdict: 'open' | 'allowed' | 'denied' | 'unknown';
  /** The rule that lets the caller out; `no policy: open`, or `no rule: denied`. Nothing for callers outside. */
  readonly egress?: string;
  /** The rule that lets it in. Nothing for callees outside. */
  readonly ingress?: string;
}

/** One connection as it is written down: names alone, so that two sets of manifests can be compared. */
export interface ReachLine {
  readonly kind: Reach['kind'];
  readonly from: string;
  readonly to: string;
  readonly port: number | undefined;
  readonly protocol: string;
  readonly through: readonly string[];
  /** The variables, arguments and files that say so, with the place of each value. */
  readonly by: readonly string[];
  readonly policy: Verdict;
}

/** Who stands for everybody outside of the manifests. */
export const OUTSIDE = 'outside';

/** Every connection of a set of manifests, in the order of its ends. */
export function reachLines(cluster: Cluster): readonly ReachLine[] {
  const text = ({ from, to, port = 0 }: ReachLine): string =>
    `${from}\n${to}\n${String(port).padStart(5, '0')}`;
  return reaches(cluster)
    .map((reach) => lineOf(cluster, reach))
    .sort((left, right) => (text(left) < text(right) ? -1 : 1));
}

function lineOf(cluster: Cluster, reach: Reach): ReachLine {
  const by = 'by' in reach ? reach.by.map(({ name, place }) => `${name} (${place})`) : [];
  const ends = {
    kind: reach.kind,
    from: 'from' in reach ? titleOf(reach.from) : OUTSIDE,
    to: 'to' in reach ? titleOf(reach.to) : reach.host,
    by,
  };
  if (reach.kind === 'nowhere') {
    return { ...ends, port: reach.port, protocol: 'TCP', through: [], policy: { verdict: 'unknown' } };
  }
  if (reach.kind === 'leaves') {
    const port = { number: reach.port ?? 0, protocol: 'TCP' };
    const policy = verdict(outward(cluster, reach.from, 'outside', port));
    return { ...ends, port: reach.port, protocol: 'TCP', through: [], policy };
  }
  const { port, to, through } = reach;
  const remote = reach.kind === 'inside' ? reach.from : 'outside';
  const egress = reach.kind === 'inside' ? outward(cluster, reach.from, to, port) : undefined;
  const ingress = ruleFor(cluster, to, 'Ingress', remote, port);
  return { ...ends, port: port.number, protocol: port.protocol, through, policy: verdict(egress, ingress) };
}

const outward = (cluster: Cluster, from: Workload, to: Remote, port: PodPort): string =>
  ruleFor(cluster, from, 'Egress', to, port);

const NO_POLICY = 'no policy: open';
const NO_RULE = 'no rule: denied';

function verdict(egress: string | undefined, ingress?: string): Verdict {
  const sides = [egress, ingress].flatMap((side) => side ?? []);
  return {
    verdict: sides.includes(NO_RULE)
      ? 'denied'
      : sides.every((side) => side === NO_POLICY)
        ? 'open'
        : 'allowed',
    ...(egress === undefined ? {} : { egress }),
    ...(ingress === undefined ? {} : { ingress }),
  };
}

function ruleFor(
  cluster: Cluster,
  workload: Workload,
  direction: Direction,
  remote: Remote,
  port: PodPort,
): string {
  const policies = policiesOf(cluster);
  if (policies.restricting(workload, direction).length === 0) return NO_POLICY;
  const rule = policies
    .rules(workload, direction)
    .find((each) => policies.isAbout(each, remote) && (port.number === 0 || matchesPort(each, port)));
  return rule ? `${titleOf(rule.policy)}, ${direction.toLowerCase()}[${rule.index}]` : NO_RULE;
}

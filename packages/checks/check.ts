import { Cluster } from './cluster.js';
import { connectionBudget } from './connection-budget.js';
import { WAIVE } from './declared.js';
import { connections } from './edges-of.js';
import { edges, services } from './edges.js';
import type { Finding, WaivedFinding } from './finding.js';
import { images } from './images.js';
import { kubectlHygiene } from './kubectl-hygiene.js';
import { type Manifest, titleOf } from './manifest.js';
import { networkClosure } from './network-closure.js';
import type { Check, CheckOptions } from './options.js';
import { passwords } from './passwords.js';
import { podSecurity } from './pod-security.js';
import { probes } from './probes.js';
import { references } from './references.js';
import { releaseNames } from './release-names.js';
import { rolloutSafety } from './rollout-safety.js';
import { timeBudget } from './time-budget.js';

/** Every proof, in the order in which one mends: what the API server refuses first, budgets last. */
export const CHECKS: Readonly<Record<string, Check>> = {
  'kubectl-hygiene': kubectlHygiene,
  edges,
  services,
  'release-names': releaseNames,
  references,
  probes,
  'rollout-safety': rolloutSafety,
  'network-closure': networkClosure,
  'pod-security': podSecurity,
  images,
  passwords,
  'time-budget': timeBudget,
  'connection-budget': connectionBudget,
};

/** So many places of one mistake are named, and the others counted. */
const LISTED_FIELDS = 4;

/** What came of all proofs. */
export interface Report {
  readonly findings: readonly Finding[];
  readonly waived: readonly WaivedFinding[];
  /** Hosts that are not this cluster's, by the container that is told them: nobody proves those. */
  readonly foreign: readonly string[];
  readonly cluster: Cluster;
}

/**
 * Runs every proof over these objects and those of the releases.
 *
 * @param manifests - what `kubectl apply` is given
 */
export function check(manifests: readonly Manifest[], options: CheckOptions = {}): Report {
  const cluster = new Cluster([
    ...manifests,
    ...(options.releases ?? []).flatMap((release) => release.manifests),
  ]);
  const byTitle = new Map(cluster.manifests.map((manifest) => [titleOf(manifest), manifest]));
  const findings: Finding[] = [];
  const waived: WaivedFinding[] = [];
  for (const finding of merged(Object.values(CHECKS).flatMap((proof) => proof(cluster, options)))) {
    const reason = byTitle.get(finding.object)?.annotations[`${WAIVE}${finding.id}`]?.trim();
    // A waiver without a reason is none.
    if (reason) waived.push({ finding, by: finding.object, reason });
    else findings.push(finding);
  }
  return { findings, waived, foreign: foreignHosts(cluster), cluster };
}

/** One mistake that shows in several places of an object, such as a key that two containers read, is one finding. */
function merged(findings: readonly Finding[]): Finding[] {
  const alike = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = [finding.id, finding.object, finding.found, finding.change].join('\n');
    const others = alike.get(key);
    if (others) others.push(finding);
    else alike.set(key, [finding]);
  }
  return [...alike.values()].flatMap(([first, ...others]): Finding[] => {
    if (!first) return [];
    const fields = [...new Set([first, ...others].map(({ field }) => field))];
    const more = fields.length - LISTED_FIELDS;
    return [
      { ...first, field: fields.slice(0, LISTED_FIELDS).join(', ') + (more > 0 ? ` and ${more} more` : '') },
    ];
  });
}

function foreignHosts(cluster: Cluster): string[] {
  return [
    ...new Set(
      connections(cluster).flatMap(({ workload, address, resolution }) =>
        resolution.kind === 'foreign' && address.host !== 'localhost'
          ? [`${titleOf(workload)}: ${address.host} (${address.variable.name}), ${resolution.reason}`]
          : [],
      ),
    ),
  ];
}

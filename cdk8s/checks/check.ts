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
  const cluster = new Cluster([...manifests, ...(options.releases ?? []).flatMap((release) => release.manifests)]);
  const byTitle = new Map(cluster.manifests.map((manifest) => [titleOf(manifest), manifest]));
  const findings: Finding[] = [];
  const waived: WaivedFinding[] = [];
  const seen = new Set<string>();
  for (const finding of Object.values(CHECKS).flatMap((proof) => proof(cluster, options))) {
    const key = [finding.id, finding.object, finding.field, finding.found].join('\n');
    if (seen.has(key)) continue;
    seen.add(key);
    const reason = byTitle.get(finding.object)?.annotations[`${WAIVE}${finding.id}`]?.trim();
    // A waiver without a reason is none.
    if (reason) waived.push({ finding, by: finding.object, reason });
    else findings.push(finding);
  }
  return { findings, waived, foreign: foreignHosts(cluster), cluster };
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

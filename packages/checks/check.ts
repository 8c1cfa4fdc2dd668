import { WAIVE } from '@cafe-lumiere/contract';
import { Cluster } from './model/cluster.js';
import { connections } from './model/connections.js';
import type { Finding, WaivedFinding } from './model/finding.js';
import { type Manifest, titleOf } from './model/manifest.js';
import type { Release } from './model/release.js';
import { PROOFS } from './proofs/index.js';
import type { CheckOptions } from './proofs/proof.js';

/** So many places of one mistake are named, and the others counted. */
const LISTED_FIELDS = 4;

/** What came of all proofs. */
export interface Report {
  readonly findings: readonly Finding[];
  readonly waived: readonly WaivedFinding[];
  /** Hosts that are not this cluster's, by the container that is configured with them: nobody proves those. */
  readonly foreign: readonly string[];
  /** The objects that were looked at, those of the releases among them. */
  readonly objects: readonly Manifest[];
}

/**
 * Runs every proof over these objects and those of the releases.
 *
 * @param manifests - what `kubectl apply` is given, such as {@link readDirectory} reads it
 * @param options - what else is known: releases, the committed version
 * @returns the findings; none means that nothing was found that cannot work
 * @example
 * const { manifests, unreadable } = readDirectory('dist');
 * const { findings } = check(manifests, { unreadable, releases: readReleases('dist') });
 * for (const finding of findings) console.error(findingText(finding));
 */
export function check(manifests: readonly Manifest[], options: CheckOptions = {}): Report {
  const releases = beside(manifests, options.releases ?? []);
  const cluster = new Cluster([...manifests, ...releases.flatMap((release) => release.manifests)]);
  const all = PROOFS.flatMap(({ id, problems }) =>
    problems(cluster, { ...options, releases }).map(({ severity = 'error', ...problem }): Finding => ({
      id,
      severity,
      ...problem,
    })),
  );
  const byTitle = manifestsByTitle(cluster.manifests);
  const findings: Finding[] = [];
  const waived: WaivedFinding[] = [];
  for (const finding of merged(all)) {
    const reason = byTitle.get(finding.object)?.annotations[`${WAIVE}${finding.id}`]?.trim();
    // A waiver without a reason is none.
    if (reason) waived.push({ finding, by: finding.object, reason });
    else findings.push(finding);
  }
  return { findings, waived, foreign: foreignHosts(cluster), objects: cluster.manifests };
}

/** The objects by their title, which is what {@link Finding.object} holds. */
export const manifestsByTitle = (manifests: readonly Manifest[]): ReadonlyMap<string, Manifest> =>
  new Map(manifests.map((manifest) => [titleOf(manifest), manifest]));

/**
 * Objects that name no namespace go where kubectl's context points to, and what they rely on is there, too: then the
 * releases' objects name none either, if they are all in one.
 */
function beside(manifests: readonly Manifest[], releases: readonly Release[]): readonly Release[] {
  const named = (all: readonly Manifest[]): ReadonlySet<string> =>
    new Set(all.flatMap(({ namespace }) => (namespace === '' ? [] : [namespace])));
  const released = releases.flatMap((release) => release.manifests);
  if (manifests.length === 0 || named(manifests).size > 0 || named(released).size > 1) return releases;
  return releases.map((release) => ({
    ...release,
    manifests: release.manifests.map((manifest) => ({ ...manifest, namespace: '' })),
  }));
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

import { WAIVE } from '@cafe-lumiere/contract';
import { Cluster } from './model/cluster.js';
import { connections } from './model/connections.js';
import type { Finding, WaivedFinding } from './model/finding.js';
import { type Manifest, titleOf } from './model/manifest.js';
import { masked } from './model/masked.js';
import { placed, placementOf } from './model/namespaces.js';
import { selectingServices } from './model/selecting-services.js';
import { PROOFS } from './proofs/index.js';
import type { CheckOptions, Problem } from './proofs/proof.js';
import { references } from './proofs/references/references.js';

/** So many places of one mistake are named, and the others counted. */
const LISTED_FIELDS = 4;

/** What came of all proofs. */
export interface Report {
  readonly findings: readonly Finding[];
  readonly waived: readonly WaivedFinding[];
  /** Hosts that are not this cluster's, by the container that is configured with them: nobody proves those. */
  readonly foreign: readonly string[];
  /** What was proven, in a line each, so that "no finding" says of what. */
  readonly proven: readonly string[];
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
  const { cluster, ...known } = clusterOf(manifests, options);
  const all = PROOFS.flatMap(({ id, severity: usual = 'broken', problems }) =>
    problems(cluster, known).map(({ severity = usual, ...problem }): Found => ({ id, severity, ...problem })),
  );
  const byTitle = manifestsByTitle(cluster.manifests);
  const open: Found[] = [];
  const waived: WaivedFinding[] = [];
  for (const found of merged(all)) {
    const reason = byTitle.get(found.object)?.annotations[`${WAIVE}${found.id}`]?.trim();
    // A waiver without a reason is none.
    if (reason) waived.push({ finding: placedIn(byTitle, found), by: found.object, reason });
    else open.push(found);
  }
  const findings = byCause(open).map((found) => placedIn(byTitle, found));
  return {
    findings,
    waived,
    foreign: foreignHosts(cluster),
    proven: provenIn(cluster),
    objects: cluster.manifests,
  };
}

/** A problem under its id. */
type Found = Problem & Pick<Finding, 'id' | 'severity' | 'also'>;

/** With where somebody mends it: what Helm rendered is in the chart's file, whose lines nobody knows. */
function placedIn(byTitle: ReadonlyMap<string, Manifest>, problem: Found): Finding {
  const { id, severity, object, field, also, likely } = problem;
  const finding = {
    id,
    severity,
    object,
    field,
    found: masked(problem.found),
    // Our own words, which may speak of passwords.
    expected: problem.expected,
    likely: likely && masked(likely),
    change: masked(problem.change),
    also,
  };
  const [, title = '', place = '', line] =
    /^(\S+ \S+), (.+?)(?:, line (\d+))?$/.exec(problem.origin ?? '') ?? [];
  const other = title === object ? undefined : byTitle.get(title);
  const manifest = other?.placeOf ? other : byTitle.get(object);
  if (!manifest?.placeOf) return finding;
  const source =
    manifest.template === undefined ? manifest.source : `${manifest.source} (${manifest.template})`;
  return manifest === other
    ? { ...finding, source, ...manifest.placeOf(place, line === undefined ? undefined : Number(line)) }
    : { ...finding, source, ...manifest.placeOf(field) };
}

/** The objects by their title, which is what {@link Finding.object} holds. */
export const manifestsByTitle = (manifests: readonly Manifest[]): ReadonlyMap<string, Manifest> =>
  new Map(manifests.map((manifest) => [titleOf(manifest), manifest]));

/** Everything that the proofs look at, each object in the namespace that it goes to; releases are beside what needs them. */
export function clusterOf(
  manifests: readonly Manifest[],
  { releases = [], previous = [], ...options }: CheckOptions = {},
): CheckOptions & { readonly cluster: Cluster } {
  const own = placementOf(manifests, options.namespace);
  const placement =
    own.namespace === '' ? placementOf(releases.flatMap((release) => release.manifests)) : own;
  const placedReleases = releases.map((release) => ({
    ...release,
    manifests: placed(release.manifests, placement),
  }));
  return {
    ...options,
    releases: placedReleases,
    previous: placed(previous, placement),
    cluster: new Cluster(
      [...placed(manifests, placement), ...placedReleases.flatMap((release) => release.manifests)],
      options.makes,
      options.unknownReleases,
    ),
  };
}

/** One mistake that shows in several places of an object, such as a key that two containers read, is one finding. */
function merged(findings: readonly Found[]): Found[] {
  const alike = new Map<string, Found[]>();
  for (const finding of findings) {
    const key = [finding.id, finding.object, finding.found, finding.change].join('\n');
    const others = alike.get(key);
    if (others) others.push(finding);
    else alike.set(key, [finding]);
  }
  return [...alike.values()].flatMap(([first, ...others]): Found[] => {
    if (!first) return [];
    const fields = [...new Set([first, ...others].map(({ field }) => field))];
    const more = fields.length - LISTED_FIELDS;
    return [
      { ...first, field: fields.slice(0, LISTED_FIELDS).join(', ') + (more > 0 ? ` and ${more} more` : '') },
    ];
  });
}

/** One cause is one finding, or as many as it has in the first object that it hurts; the other objects are named there. */
function byCause(findings: readonly Found[]): Found[] {
  const groups = new Map<string, { first: Found; also: Set<string> }>();
  const kept: Found[] = [];
  for (const finding of findings) {
    const { id, object, cause = finding.origin, found } = finding;
    const key = [id, cause, cause === finding.origin ? found : ''].join('\n');
    const group = cause === undefined ? undefined : groups.get(key);
    if (group && group.first.object !== object) group.also.add(object);
    else {
      kept.push(finding);
      if (!group && cause !== undefined) groups.set(key, { first: finding, also: new Set() });
    }
  }
  const also = new Map([...groups.values()].map((group) => [group.first, [...group.also]]));
  return kept.map((finding) => {
    const others = also.get(finding) ?? [];
    return others.length === 0 ? finding : { ...finding, also: others };
  });
}

/** What the proofs looked at; nothing about what is not there. */
function provenIn(cluster: Cluster): string[] {
  const all: readonly (readonly [count: number, what: string])[] = [
    [
      connections(cluster).filter(({ resolution }) => resolution.kind !== 'foreign').length,
      'hosts in configurations, and their ports',
    ],
    [selectingServices(cluster).length, 'Services, and the pods and ports that they lead to'],
    [references(cluster).length, 'references of pods to other objects and their keys'],
    [cluster.policies.length, 'network policies, and the connections that they let through'],
    [cluster.ingresses.length + cluster.routes.length, 'ingresses and routes, and where they lead'],
    [cluster.workloads.length, 'workloads: their rollouts, probes, times and budgets'],
  ];
  return all.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
}

function foreignHosts(cluster: Cluster): string[] {
  return [
    ...new Set(
      connections(cluster).flatMap(({ workload, address, resolution }) =>
        resolution.kind === 'foreign' && !/^(?:localhost$|127\.)/.test(address.host)
          ? [`${titleOf(workload)}: ${address.host} (${address.variable.name}), ${resolution.reason}`]
          : [],
      ),
    ),
  ];
}

import type { Cluster } from '../../model/cluster.js';
import { toCloudNativePgCluster } from '../../model/cloudnative-pg.js';
import {
  appliedBy,
  DELETING_CONTROLLERS,
  type DeletingController,
  mayApply,
  toPointer,
} from '../../model/deleting-controllers.js';
import { isRecord, type Manifest, titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';

/**
 * What takes data with it when it is deleted is not deleted by a controller that tidies up: a claim, a PostgreSQL of an
 * operator, a StatefulSet that says so, and above all the Namespace around one.
 */
export const keptData = {
  id: 'CAFE131',
  severity: 'risk',
  title: 'A controller that tidies up, or is told to forget the application, deletes the data as well',
  why: 'A file is moved, a folder renamed, an Application or a Kustomization deleted: the controller deletes what it applied, the Namespace or the claim among it, and every row is gone within seconds. Making it anew makes an empty database.',
  problems: (cluster, { releases = [] }) => {
    const pointers = cluster.manifests.flatMap((manifest) => toPointer(manifest) ?? []);
    const ofReleases = new Set(releases.flatMap(({ manifests }) => manifests.map(({ source }) => source)));
    return holdersIn(cluster).flatMap(({ manifest, holds }): Problem[] => {
      // Helm's objects are Helm's; whoever applies a chart renders it first.
      const ofRelease = ofReleases.has(manifest.source);
      const deleting = new Map<DeletingController, string>(
        appliedBy(manifest).map((controller) => [controller, `${controller.name} applied it`]),
      );
      for (const pointer of ofRelease ? [] : pointers) {
        if (mayApply(pointer, manifest)) {
          deleting.set(pointer.controller, `${titleOf(pointer.manifest)} deletes what it applied`);
        }
      }
      const careless = [...deleting].filter(([controller]) => !controller.isTold(manifest));
      const [first] = careless;
      if (first === undefined && (deleting.size > 0 || isKept(manifest, ofRelease))) return [];
      const keeps = (
        first === undefined ? keepers(ofRelease) : careless.map(([controller]) => controller)
      ).map((controller) => controller.keeps);
      return [
        {
          // Who applies it is not known: it may be a person, who knows what goes with it.
          ...(first === undefined && { severity: 'advice' as const }),
          object: titleOf(manifest),
          field: 'metadata.annotations',
          found: `${holds}, no annotation that keeps it${first === undefined ? '' : `, and ${first[1]}`}`,
          expected: `${keeps.join(first === undefined ? ' or ' : ' and ')}: data goes when a person says so, not when a file does`,
          change: `annotate it with ${first === undefined ? 'all of them' : keeps.join(' and ')}, and keep it there when the file is gone from git`,
        },
      ];
    });
  },
} as const satisfies Proof;

const keepers = (ofRelease: boolean): readonly DeletingController[] =>
  DELETING_CONTROLLERS.filter(({ name }) => !ofRelease || name === 'Helm');

const isKept = (manifest: Manifest, ofRelease: boolean): boolean =>
  keepers(ofRelease).some(({ isTold }) => isTold(manifest));

interface Holder {
  readonly manifest: Manifest;
  /** What goes with it, in words. */
  readonly holds: string;
}

function holdersIn(cluster: Cluster): readonly Holder[] {
  const holders = cluster.manifests.flatMap((manifest) => holder(manifest) ?? []);
  const inNamespace = new Map<string, string>();
  for (const { manifest } of holders) inNamespace.set(manifest.namespace, titleOf(manifest));
  for (const { kind, namespace, name, spec } of cluster.workloads) {
    if (kind === 'StatefulSet' && (spec?.volumeClaimTemplates.length ?? 0) > 0) {
      inNamespace.set(namespace, `the claims of StatefulSet ${namespace}/${name}`);
    }
  }
  const namespaces = cluster.namespaces.flatMap((manifest): Holder[] => {
    const data = inNamespace.get(manifest.name);
    return data === undefined ? [] : [{ manifest, holds: `${data} in it` }];
  });
  return [...namespaces, ...holders];
}

/** What takes data with it by itself. A StatefulSet's claims outlive it, unless it says otherwise. */
function holder(manifest: Manifest): Holder | undefined {
  const { apiVersion, kind, content } = manifest;
  if (kind === 'PersistentVolumeClaim' && apiVersion === 'v1') {
    return { manifest, holds: 'a volume, which goes with its claim' };
  }
  if (toCloudNativePgCluster(manifest))
    return { manifest, holds: 'volumes that the operator deletes with it' };
  const { spec } = content;
  if (kind !== 'StatefulSet' || !isRecord(spec)) return undefined;
  const policy = spec['persistentVolumeClaimRetentionPolicy'];
  return isRecord(policy) && policy['whenDeleted'] === 'Delete'
    ? { manifest, holds: 'claims that go with it (persistentVolumeClaimRetentionPolicy.whenDeleted: Delete)' }
    : undefined;
}

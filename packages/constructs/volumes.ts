import type { Size } from 'cdk8s';
import type * as k8s from './k8s.js';
import { checkDnsLabel } from './names.js';
import { type Resources, toNumber } from './resources.js';

/** Room that begins empty with each pod, and ends with it. */
export interface EmptyDir {
  /** A pod that writes more is evicted. */
  readonly sizeLimit: Size;
  /** `Memory` counts as the memory of the containers that write. @default - the node's disk */
  readonly medium?: 'Memory';
}

/** Files of a pod by their source. Objects that are named are in the cluster before the pods are. */
export type Volume = {
  /** Where the service's own container has it. @default - only where `mounts` of another container says so */
  readonly mountPath?: `/${string}`;
} & (
  | {
      readonly emptyDir: EmptyDir;
      /** @default false */
      readonly readOnly?: boolean;
    }
  | {
      /** The name of a PersistentVolumeClaim. Pods on several nodes need one that several nodes may mount. */
      readonly claim: string;
      /** @default true */
      readonly readOnly?: boolean;
    }
  | { readonly configMap: string; readonly files?: FileNames }
  | { readonly secret: string; readonly files?: FileNames }
);

/** The entries that become files: the key, and the file's path below the mount. @default - all, named like their keys */
type FileNames = Readonly<Record<string, string>>;

/** Volumes by name. */
export type Volumes = Readonly<Record<string, Volume>>;

/** Where a container has volumes: the path by the volume's name. */
export type Mounts = Readonly<Record<string, `/${string}`>>;

/** The volumes of a pod, with the writable `/tmp` that programs expect, when there is to be one. */
export const withTmp = (volumes: Volumes, tmp: Size | undefined): Volumes =>
  tmp ? { tmp: { emptyDir: { sizeLimit: tmp }, mountPath: '/tmp' }, ...volumes } : volumes;

/** Where the service's own container has them. */
export const ownMounts = (volumes: Volumes): Mounts =>
  Object.fromEntries(
    Object.entries(volumes).flatMap(([name, { mountPath }]) =>
      mountPath === undefined ? [] : [[name, mountPath]],
    ),
  );

export function toVolume(name: string, volume: Volume): k8s.Volume {
  if ('emptyDir' in volume) {
    const { sizeLimit, medium } = volume.emptyDir;
    return { name, emptyDir: { sizeLimit: sizeLimit.asString(), ...(medium ? { medium } : {}) } };
  }
  if ('claim' in volume) {
    // Not readOnly here, which is about the whole volume: a container may write what another one only reads.
    return { name, persistentVolumeClaim: { claimName: volume.claim } };
  }
  const files = volume.files && {
    items: Object.entries(volume.files).map(([key, path]) => ({ key, path })),
  };
  return 'configMap' in volume
    ? { name, configMap: { name: volume.configMap, ...files } }
    : { name, secret: { secretName: volume.secret, ...files } };
}

export const toVolumeMounts = (volumes: Volumes, mounts: Mounts): k8s.VolumeMount[] =>
  Object.entries(mounts).map(([name, mountPath]) => ({
    name,
    mountPath,
    ...(isReadOnly(volumes[name]) ? { readOnly: true } : {}),
  }));

function isReadOnly(volume: Volume | undefined): boolean {
  if (volume === undefined) return false;
  if ('emptyDir' in volume) return volume.readOnly ?? false;
  return 'claim' in volume ? (volume.readOnly ?? true) : true;
}

/**
 * Checks the volumes of a pod, and who has them.
 *
 * @param containers - the mounts of each container, by its name
 * @param limits - what the containers that run together may use
 * @throws Error that names the construct, the volume and the change
 */
export function checkVolumes(
  path: string,
  volumes: Volumes,
  containers: Readonly<Record<string, Mounts>>,
  limits: readonly Resources[],
): void {
  for (const name of Object.keys(volumes)) {
    checkDnsLabel(path, name);
    if (!Object.values(containers).some((mounts) => name in mounts)) {
      throw new Error(
        `${path}: no container has the volume "${name}". Give it a mountPath, or name it in the mounts of another container.`,
      );
    }
  }
  for (const [container, mounts] of Object.entries(containers)) {
    const places = new Map<string, string>();
    for (const [name, place] of Object.entries(mounts)) {
      if (!(name in volumes)) {
        throw new Error(
          `${path}: ${container} mounts "${name}", which is no volume of the pod; there are: ${Object.keys(volumes).join(', ') || 'none'}.`,
        );
      }
      if (!/^\/[^:]+$/.test(place) || /(?:^|\/)\.\.?(?:\/|$)/.test(place)) {
        throw new Error(
          `${path}: ${container} has the volume "${name}" at "${place}"; it is an absolute path below "/" without ":" and "..", such as /var/cache.`,
        );
      }
      const other = places.get(place);
      if (other !== undefined) {
        throw new Error(
          `${path}: ${container} has both "${other}" and "${name}" at ${place}. Move one of them.`,
        );
      }
      places.set(place, name);
    }
  }
  checkRoom(path, volumes, limits, undefined, 'ephemeralStorage');
  checkRoom(path, volumes, limits, 'Memory', 'memory');
}

/** What is written to an emptyDir counts against the containers' limits: the pod would end before the volume is full. */
function checkRoom(
  path: string,
  volumes: Volumes,
  limits: readonly Resources[],
  medium: EmptyDir['medium'],
  resource: 'ephemeralStorage' | 'memory',
): void {
  const rooms = Object.entries(volumes).flatMap(([name, volume]) =>
    'emptyDir' in volume && volume.emptyDir.medium === medium
      ? [{ name, size: volume.emptyDir.sizeLimit }]
      : [],
  );
  if (rooms.length === 0) return;
  const need = rooms.reduce((sum, { size }) => sum + (toNumber(size.asString()) ?? 0), 0);
  const have = limits.reduce((sum, each) => sum + (toNumber(each[resource].limit) ?? 0), 0);
  if (need < have) return;
  const terms = rooms.map(({ name, size }) => `${name} ${size.asString()}`).join(' + ');
  const all = limits.map((each) => each[resource].limit).join(' + ');
  throw new Error(
    `${path}: the volumes ${terms} do not fit the containers' ${resource} limit ${all}, against which their content counts, as logs do: the pod would end first. Raise resources.${resource}.limit, or make a volume smaller.`,
  );
}

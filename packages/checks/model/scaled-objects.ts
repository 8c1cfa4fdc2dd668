import type { Cluster } from './cluster.js';
import { isRecord, type Manifest, recordOf } from './manifest.js';

// What KEDA reads of its own objects: what is scaled, by which numbers, with which login.

/** A ScaledObject or ScaledJob of KEDA. */
export interface ScaledObject {
  readonly manifest: Manifest;
  /** What is scaled; nothing for a ScaledJob, which makes its own. */
  readonly target: { readonly kind: string; readonly name: string } | undefined;
  readonly triggers: readonly Trigger[];
}

/** Where the numbers come from. */
export interface Trigger {
  readonly index: number;
  readonly metadata: readonly (readonly [name: string, value: string])[];
  readonly authentication: { readonly kind: string; readonly name: string } | undefined;
}

/** Every one of them. */
export const scaledObjects = ({ manifests }: Cluster): readonly ScaledObject[] =>
  manifests.flatMap((manifest): ScaledObject[] => {
    const { apiVersion, kind, content } = manifest;
    const { spec } = content;
    if (!apiVersion.startsWith('keda.sh/') || !/^Scaled(?:Object|Job)$/.test(kind) || !isRecord(spec))
      return [];
    const triggers = Array.isArray(spec['triggers']) ? (spec['triggers'] as readonly unknown[]) : [];
    return [
      {
        manifest,
        target: named(spec['scaleTargetRef'], 'Deployment'),
        triggers: triggers.map((trigger, index) => triggerOf(trigger, index)),
      },
    ];
  });

function triggerOf(trigger: unknown, index: number): Trigger {
  const { metadata, authenticationRef } = recordOf(trigger);
  return {
    index,
    metadata: Object.entries(recordOf(metadata)).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : [],
    ),
    authentication: named(authenticationRef, 'TriggerAuthentication'),
  };
}

function named(value: unknown, usual: string): { readonly kind: string; readonly name: string } | undefined {
  if (!isRecord(value)) return undefined;
  const { kind = usual, name } = value;
  return typeof name === 'string' && typeof kind === 'string' ? { kind, name } : undefined;
}

import type * as k8s from './k8s.js';

/** What a container asks for and may use at most, in Kubernetes' notation (`100m`, `128Mi`). */
export interface Resources {
  readonly cpu: { readonly request: string; readonly limit: string };
  readonly memory: { readonly request: string; readonly limit: string };
  readonly ephemeralStorage: { readonly request: string; readonly limit: string };
}

/** The resources as a container's `resources`. */
export function toResourceRequirements(resources: Resources): k8s.ResourceRequirements {
  const of = (end: 'request' | 'limit'): Record<string, string> => ({
    cpu: resources.cpu[end],
    memory: resources.memory[end],
    'ephemeral-storage': resources.ephemeralStorage[end],
  });
  return { requests: of('request'), limits: of('limit') };
}

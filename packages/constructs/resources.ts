import { k8s } from 'cdk8s-plus-28';

/** What a container asks for and may use at most, in Kubernetes' notation (`100m`, `128Mi`). */
export interface Resources {
  readonly cpu: { readonly request: string; readonly limit: string };
  readonly memory: { readonly request: string; readonly limit: string };
  readonly ephemeralStorage: { readonly request: string; readonly limit: string };
}

/** The resources as a container's `resources`. */
export function toResourceRequirements(resources: Resources): k8s.ResourceRequirements {
  const of = (end: 'request' | 'limit'): Record<string, k8s.Quantity> => ({
    cpu: k8s.Quantity.fromString(resources.cpu[end]),
    memory: k8s.Quantity.fromString(resources.memory[end]),
    'ephemeral-storage': k8s.Quantity.fromString(resources.ephemeralStorage[end]),
  });
  return { requests: of('request'), limits: of('limit') };
}

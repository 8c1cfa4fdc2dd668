import type * as k8s from './k8s.js';

/** What a container asks for and may use at most, in Kubernetes' notation (`100m`, `128Mi`). */
export interface Resources {
  readonly cpu: { readonly request: string; readonly limit: string };
  readonly memory: { readonly request: string; readonly limit: string };
  readonly ephemeralStorage: { readonly request: string; readonly limit: string };
}

/** Of a service's container, and of those beside it. */
export const DEFAULT_RESOURCES: Resources = {
  cpu: { request: '50m', limit: '1' },
  memory: { request: '96Mi', limit: '256Mi' },
  ephemeralStorage: { request: '32Mi', limit: '128Mi' },
};

/** The resources as a container's `resources`. */
export function toResourceRequirements(resources: Resources): k8s.ResourceRequirements {
  const of = (end: 'request' | 'limit'): Record<string, string> => ({
    cpu: resources.cpu[end],
    memory: resources.memory[end],
    'ephemeral-storage': resources.ephemeralStorage[end],
  });
  return { requests: of('request'), limits: of('limit') };
}

/** Checks what the API server would refuse. @throws Error that names the construct, the field and the value */
export function checkResources(path: string, property: string, resources: Resources): Resources {
  for (const [name, { request, limit }] of Object.entries(resources) as [string, Resources['cpu']][]) {
    const [least, most] = [request, limit].map((quantity, index) => {
      const amount = toNumber(quantity);
      if (amount !== undefined) return amount;
      throw new Error(
        `${path}: ${property}.${name}.${index === 0 ? 'request' : 'limit'} is "${quantity}"; it is a quantity of Kubernetes, such as ${name === 'cpu' ? '100m' : '128Mi'}.`,
      );
    });
    if ((least ?? 0) > (most ?? 0)) {
      throw new Error(
        `${path}: ${property}.${name} requests ${request} and is limited to ${limit}; make the limit ${request} or more.`,
      );
    }
  }
  return resources;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const SUFFIXES: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  ...Object.fromEntries(['k', 'M', 'G', 'T', 'P'].map((letter, index) => [letter, 1000 ** (index + 1)])),
  ...Object.fromEntries(
    ['Ki', 'Mi', 'Gi', 'Ti', 'Pi'].map((letters, index) => [letters, 1024 ** (index + 1)]),
  ),
};

/** A quantity of Kubernetes as a number, or nothing when it is none. */
export function toNumber(quantity: string): number | undefined {
  const [, digits, suffix = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = SUFFIXES[suffix];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

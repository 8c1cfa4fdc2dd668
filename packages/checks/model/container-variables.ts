import type { Cluster, Workload } from './cluster.js';
import { titleOf } from './manifest.js';
import type { Container } from './schemas.js';

/** An environment variable as the container sees it, with the way back to where its value stands. */
export interface Variable {
  readonly name: string;
  /** Unknown when it comes from the pod's fields, or from an object that is not among the manifests. */
  readonly value: string | undefined;
  /** Its place in the workload: `containers[web].env[DB_HOST]`, below the pod's spec. */
  readonly field: string;
  /** The object and the place where somebody changes the value: `ConfigMap shop/config, data.DB_HOST`. */
  readonly origin: string;
  /** Whether the value is in a Secret: then no message repeats it. */
  readonly secret: boolean;
}

/** The variables of a container by name. */
export type Variables = ReadonlyMap<string, Variable>;

/**
 * The variables of a container, as the kubelet makes them: `envFrom` in order, then `env`, the last one wins, and
 * `$(NAME)` is replaced by what stands before it.
 */
export function variablesOf(
  cluster: Cluster,
  workload: Workload,
  list: string,
  container: Container,
): Variables {
  const { namespace } = workload;
  const variables = new Map<string, Variable>();
  const place = `${list}[${container.name}]`;
  container.envFrom.forEach(({ prefix, configMapRef, secretRef }, index) => {
    const field = `${place}.envFrom[${index}]`;
    if (configMapRef) {
      const data = cluster.configMaps.get(`${namespace}/${configMapRef.name}`)?.typed.data ?? {};
      for (const [key, value] of Object.entries(data)) {
        const origin = `${titleOf({ kind: 'ConfigMap', namespace, name: configMapRef.name })}, data.${key}`;
        variables.set(prefix + key, { name: prefix + key, value, field, origin, secret: false });
      }
    }
    if (secretRef) {
      for (const [key, value] of secretEntries(cluster, namespace, secretRef.name)) {
        const origin = `${titleOf({ kind: 'Secret', namespace, name: secretRef.name })}, data.${key}`;
        variables.set(prefix + key, { name: prefix + key, value, field, origin, secret: true });
      }
    }
  });
  for (const { name, value, valueFrom } of container.env) {
    const field = `${place}.env[${name}]`;
    const own = `${titleOf(workload)}, ${field}`;
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    if (configMapKeyRef) {
      const map = cluster.configMaps.get(`${namespace}/${configMapKeyRef.name}`);
      const origin = `${titleOf({ kind: 'ConfigMap', namespace, name: configMapKeyRef.name })}, data.${configMapKeyRef.key}`;
      variables.set(name, {
        name,
        value: map?.typed.data[configMapKeyRef.key],
        field,
        origin,
        secret: false,
      });
    } else if (secretKeyRef) {
      const found = new Map(secretEntries(cluster, namespace, secretKeyRef.name)).get(secretKeyRef.key);
      const origin = `${titleOf({ kind: 'Secret', namespace, name: secretKeyRef.name })}, data.${secretKeyRef.key}`;
      variables.set(name, { name, value: found, field, origin, secret: true });
    } else if (valueFrom) {
      variables.set(name, { name, value: undefined, field, origin: own, secret: false });
    } else {
      variables.set(name, {
        name,
        value: expanded(value ?? '', variables),
        field,
        origin: own,
        secret: false,
      });
    }
  }
  return variables;
}

/** The Secret's entries as the container sees them. `stringData` wins, as it does in the API server. */
export function secretEntries(
  cluster: Cluster,
  namespace: string,
  name: string,
): (readonly [string, string])[] {
  const secret = cluster.secrets.get(`${namespace}/${name}`)?.typed;
  if (!secret) return [];
  return [
    ...Object.entries(secret.data).map(
      ([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')] as const,
    ),
    ...Object.entries(secret.stringData),
  ];
}

/** `$(NAME)` becomes the variable's value; `$$(NAME)` and unknown names stay as they are. */
export function expanded(text: string, variables: Variables): string {
  return text.includes('$(')
    ? text.replace(/(\$?)\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g, (whole, escaped: string, name: string) =>
        escaped === '' ? (variables.get(name)?.value ?? whole) : whole,
      )
    : text;
}

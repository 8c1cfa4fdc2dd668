import type * as k8s from './k8s.js';

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One variable of a container, and where Kubernetes takes its value from. */
export type EnvironmentVariable =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly configMap: string; readonly key: string }
  | {
      readonly name: string;
      readonly secret: string;
      readonly key: string;
      /** Whether pods start without it; then the variable is not there. */
      readonly optional?: true;
    };

/** The variable as a container's `env` entry. */
export function toEnvVar(variable: EnvironmentVariable): k8s.EnvVar {
  const { name } = variable;
  if ('value' in variable) return { name, value: variable.value };
  if ('configMap' in variable) {
    return { name, valueFrom: { configMapKeyRef: { name: variable.configMap, key: variable.key } } };
  }
  const { secret, key, optional } = variable;
  return { name, valueFrom: { secretKeyRef: { name: secret, key, ...(optional ? { optional } : {}) } } };
}

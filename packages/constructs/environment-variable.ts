import type { k8s } from 'cdk8s-plus-28';
import type { Configuration } from './configuration.js';

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One variable of a container, and where Kubernetes takes its value from. */
export type EnvironmentVariable =
  | { readonly name: string; readonly from: 'value'; readonly value: string }
  /** An entry of the shared ConfigMap or Secret under the same name. */
  | { readonly name: string; readonly from: 'configMap' | 'secret' }
  /** An entry of a Secret that need not be there; then the variable is not there. */
  | { readonly name: string; readonly from: 'optionalSecret'; readonly secret: string };

/** The variable as a container's `env` entry. */
export function toEnvVar(variable: EnvironmentVariable, configuration: Configuration): k8s.EnvVar {
  const { name } = variable;
  switch (variable.from) {
    case 'value':
      return { name, value: variable.value };
    case 'configMap':
      return { name, valueFrom: { configMapKeyRef: { name: configuration.configMapName, key: name } } };
    case 'secret':
      return { name, valueFrom: { secretKeyRef: { name: configuration.secretName, key: name } } };
    case 'optionalSecret':
      return { name, valueFrom: { secretKeyRef: { name: variable.secret, key: name, optional: true } } };
  }
}

import {
  type NamesOf,
  RUNTIME_VARIABLES,
  type ServiceDeclaration,
  type ValueOf,
  type Variable,
} from '@cafe-lumiere/contract';
import type { EnvironmentVariable } from './environment-variable.js';

/** An entry of a ConfigMap that is in the cluster before the service is. */
export interface ConfigMapKey {
  readonly configMap: string;
  readonly key: string;
}

/** An entry of a Secret that is in the cluster. */
export interface SecretKey {
  readonly secret: string;
  /** @default - the variable's name */
  readonly key?: string;
}

/** An entry of a Secret that a declaration calls optional. */
export interface OptionalSecretKey extends SecretKey {
  /** Whether pods start without it. @default true */
  readonly optional?: boolean;
}

/** The names of variables with this source that must be there, or that need not be. */
type NameOf<Declaration extends ServiceDeclaration, Source, Required extends boolean> = {
  [Name in NamesOf<Declaration['reads'], Source>]: Declaration['reads'][Name]['required'] extends Required
    ? Name
    : never;
}[NamesOf<Declaration['reads'], Source>];

/** A plain value of a variable, or where the cluster has it. */
type ValueGiven<Declaration extends ServiceDeclaration, Name extends string> =
  ValueOf<Declaration['reads'][Name]> | ConfigMapKey;

/** The runtime's own variable that no other prop sets. */
interface LogLevel {
  readonly LOG_LEVEL?: ValueOf<(typeof RUNTIME_VARIABLES)['LOG_LEVEL']>;
}

type Values<Declaration extends ServiceDeclaration> = LogLevel & {
  readonly [Name in NameOf<Declaration, 'value', true>]: ValueGiven<Declaration, Name>;
} & { readonly [Name in NameOf<Declaration, 'value', false>]?: ValueGiven<Declaration, Name> };

type Secrets<Declaration extends ServiceDeclaration> = Readonly<
  Record<NameOf<Declaration, 'secret', true>, SecretKey>
> &
  Readonly<Partial<Record<NameOf<Declaration, 'secret', false>, OptionalSecretKey>>>;

/** Plain values of the variables that a declaration reads. May be left out when none of them must be there. */
export type ValuesProp<Declaration extends ServiceDeclaration> =
  NameOf<Declaration, 'value', true> extends never
    ? { readonly values?: Values<Declaration> }
    : { readonly values: Values<Declaration> };

/** The Secrets of the variables that a declaration reads from one. May be left out when all of them may be missing. */
export type SecretsProp<Declaration extends ServiceDeclaration> =
  NameOf<Declaration, 'secret', true> extends never
    ? { readonly secrets?: Secrets<Declaration> }
    : { readonly secrets: Secrets<Declaration> };

/** The values as a container gets them. @throws Error for one that the declared type refuses, or that nobody reads */
export function toValues(
  path: string,
  { name, reads, runtime }: ServiceDeclaration,
  values: Readonly<Record<string, unknown>> = {},
): EnvironmentVariable[] {
  const { LOG_LEVEL } = RUNTIME_VARIABLES;
  const declared: Readonly<Record<string, Variable>> = { ...(runtime ? { LOG_LEVEL } : {}), ...reads };
  return Object.entries(values).flatMap(([variable, value]): EnvironmentVariable[] => {
    if (value === undefined) return [];
    const known = declared[variable];
    if (known?.source !== 'value') {
      const all = Object.keys(declared).filter((each) => declared[each]?.source === 'value');
      throw new Error(
        `${path}: values.${variable} is no value that the declaration of ${name} reads. It reads: ${all.join(', ') || 'none'}.`,
      );
    }
    if (isConfigMapKey(value)) return [{ name: variable, configMap: value.configMap, key: value.key }];
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new Error(`${path}: values.${variable} is a ${typeof value}; it is a text or a number.`);
    }
    const text = String(value);
    const reading = known.read(text);
    if ('problem' in reading) throw new Error(`${path}: values.${variable} ${reading.problem}.`);
    return [{ name: variable, value: text }];
  });
}

/** The variables from Secrets. @throws Error for one that nobody reads */
export function toSecrets(
  path: string,
  { name, reads }: ServiceDeclaration,
  secrets: Readonly<Record<string, OptionalSecretKey | undefined>> = {},
): EnvironmentVariable[] {
  return Object.entries(secrets).flatMap(([variable, from]): EnvironmentVariable[] => {
    if (from === undefined) return [];
    const known = reads[variable];
    if (known?.source !== 'secret') {
      const all = Object.keys(reads).filter((each) => reads[each]?.source === 'secret');
      throw new Error(
        `${path}: secrets.${variable} is no secret that the declaration of ${name} reads. It reads: ${all.join(', ') || 'none'}.`,
      );
    }
    const { secret, key = variable, optional = !known.required } = from;
    if (optional && known.required) {
      throw new Error(
        `${path}: secrets.${variable} is optional, and ${name} does not start without it. Take "optional" out.`,
      );
    }
    return [{ name: variable, secret, key, ...(optional ? { optional } : {}) }];
  });
}

const isConfigMapKey = (value: unknown): value is ConfigMapKey =>
  typeof value === 'object' && value !== null && 'configMap' in value && 'key' in value;

import { readFileSync } from 'node:fs';
import {
  type ConfigOf,
  runtimeStoreNames,
  STORE_VARIABLES,
  type Stores,
  type StoreVariableNames,
  type Variables,
} from '@cafe-lumiere/contract';

/** One variable that is missing or malformed. */
export interface VariableProblem {
  readonly variable: string;
  /** What is wrong, what is allowed and what to change, in one sentence. Never a password. */
  readonly message: string;
}

/** Names every variable of a process that is missing or malformed, not only the first. */
export class ConfigurationError extends Error {
  constructor(
    readonly service: string,
    readonly problems: readonly VariableProblem[],
  ) {
    super(problems.map(({ variable, message }) => `${service}: ${variable} ${message}`).join('\n'));
    this.name = 'ConfigurationError';
  }
}

/** The exit code for a configuration that cannot be used: EX_CONFIG of sysexits.h. */
export const EX_CONFIG = 78;

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a store is, who logs in, and how it is used. */
export interface StoreConfig {
  /** What its variables are called: who reads an error looks at them. */
  readonly variables: Required<StoreVariableNames>;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** TLS with a checked certificate, and whom to trust. @default - none */
  readonly tls: { readonly ca: string | undefined } | undefined;
  readonly poolMax: number;
  readonly queryTimeoutMs: number;
}

/** Where each store of a declaration is. */
export type StoreConfigs<Declared extends Stores> = { readonly [Prefix in keyof Declared]: StoreConfig };

/** Reads a process's environment and gathers what is wrong with it. Nothing else in a service looks at the environment. */
export class ConfigurationReader {
  private readonly problems: VariableProblem[] = [];

  constructor(
    private readonly service: string,
    private readonly environment: Environment,
  ) {}

  /**
   * The values of these variables.
   *
   * @param names - of a variable in the environment, where that is not its own. @default - its own
   */
  read<const Reads extends Variables>(
    variables: Reads,
    names?: Readonly<Partial<Record<keyof Reads, string>>>,
  ): ConfigOf<Reads> {
    const values: Partial<Record<keyof Reads, unknown>> = {};
    for (const key in variables) {
      const name = names?.[key] ?? key;
      const reading = variables[key]?.read(this.environment[name]);
      if (reading === undefined) continue;
      if ('problem' in reading) this.problems.push({ variable: name, message: reading.problem });
      else values[key] = reading.value;
    }
    // Every key was read above; with a problem in one of them {@link end} throws, and nobody sees the rest.
    return values as ConfigOf<Reads>;
  }

  /** The stores of a declaration, by the prefixes of their variables. */
  stores<const Declared extends Stores>(declared: Declared): StoreConfigs<Declared> {
    const configs = Object.keys(declared).map((prefix) => [prefix, this.store(prefix)] as const);
    return Object.fromEntries(configs) as StoreConfigs<Declared>;
  }

  /** @throws ConfigurationError that names every variable that was wrong */
  end(): void {
    if (this.problems.length > 0) throw new ConfigurationError(this.service, this.problems);
  }

  private store(prefix: string): StoreConfig {
    const names = runtimeStoreNames(prefix);
    const { sslMode, sslRootCert, queryTimeout, ...rest } = this.read(STORE_VARIABLES, names);
    const tls =
      sslMode === 'verify-full' ? { ca: this.certificates(names.sslRootCert, sslRootCert) } : undefined;
    return { ...rest, variables: names, queryTimeoutMs: queryTimeout, tls };
  }

  /** The certificates in a file; nothing means those that Node trusts by itself. */
  private certificates(variable: string, path: string): string | undefined {
    if (path === '') return undefined;
    try {
      const text = readFileSync(path, 'utf8');
      if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
      const message = `is ${path}, which holds no certificate in PEM ("-----BEGIN CERTIFICATE-----")`;
      this.problems.push({ variable, message });
    } catch {
      const message = `is ${path}, which cannot be read; mount the ConfigMap or Secret with the CA there`;
      this.problems.push({ variable, message });
    }
    return undefined;
  }
}

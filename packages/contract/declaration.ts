import type { Api } from './api.js';
import { containerPortsOf, OPERATIONS_PORT, portProblem } from './ports.js';
import { type Probes, RUNTIME_PROBES } from './probes.js';
import { RUNTIME_VARIABLES } from './runtime-variables.js';
import { type Stores, storeVariableNames } from './store.js';
import type { TimeoutVariable, Variables } from './variable.js';

/** The program in an image that waits for a service's stores; see `waitForPostgres` of the runtime. */
export const GATE_PROGRAM = 'wait-for-postgres';

/** A TypeScript file, relative to the service's folder. */
type SourcePath = `./${string}.ts`;

/** What is in an image that is built from the service's folder: each program's source, and folders that it reads. */
export interface ImageContents<Programs extends string = string> {
  /** The TypeScript source of each program, by the name that it has in the image: `server` is what the image starts. */
  readonly programs: { readonly server: SourcePath } & Readonly<Record<Programs, SourcePath>> &
    Readonly<Record<string, SourcePath>>;
  /** Folders that stand beside the programs. @default - none */
  readonly folders?: readonly string[];
}

/** What a service says about itself, once, beside its code. */
export interface ServiceDeclaration<
  Reads extends Variables = Variables,
  OwnStores extends Stores = Stores,
  OwnApi extends Api = Api,
> {
  /** The name of its Deployment and Service, and its host name in the cluster. */
  readonly name: string;
  /** The TCP port that its container listens on. */
  readonly port: number;
  /** Further ports by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** The TCP port for its probes and metrics, to which no Service leads. Nothing for a program that is not on the runtime. */
  readonly operationsPort: number | undefined;
  readonly reads: Reads;
  readonly stores: OwnStores;
  readonly probes: Probes;
  /** Whether it is built on the runtime, reads its variables and keeps its promises. */
  readonly runtime: boolean;
  /** What waits for its stores before it starts. Nothing when it has none, or waits by itself. */
  readonly gate: readonly string[] | undefined;
  /** What its image is made from. Nothing for an image that somebody else builds. */
  readonly image: ImageContents | undefined;
  readonly api: OwnApi;
}

/** The names of variables in `Reads` that a plain value, a call, a timeout or a Secret fills. */
export type NamesOf<Reads extends Variables, Source> = {
  [Name in keyof Reads & string]: Reads[Name]['source'] extends Source ? Name : never;
}[keyof Reads & string];

/** A timeout must be that of a call that is declared beside it. */
type TimeoutsOfCalls<Reads extends Variables> = {
  readonly [Name in keyof Reads]: Reads[Name] extends TimeoutVariable<infer Of>
    ? Of extends NamesOf<Reads, 'call'>
      ? Reads[Name]
      : TimeoutVariable<NamesOf<Reads, 'call'>>
    : Reads[Name];
};

interface Common<Reads extends Variables> {
  readonly name: string;
  readonly port: number;
  /** Further ports by name. @default - none */
  readonly ports?: Readonly<Record<string, number>>;
  /** The variables that it reads. @default - none */
  readonly reads?: Reads & TimeoutsOfCalls<Reads>;
}

/** A service on the runtime. One with stores has a gate in its image, or it does not compile. */
export type RuntimeService<
  Reads extends Variables,
  OwnStores extends Stores,
  OwnApi extends Api,
> = Common<Reads> & {
  /** What its API takes and answers. @default - none */
  readonly api?: OwnApi;
  /** The TCP port for probes, `/metrics` and `/openapi.json`. @default 9090 */
  readonly operationsPort?: number;
} & (keyof OwnStores extends never
    ? { readonly stores?: OwnStores; readonly image?: ImageContents }
    : { readonly stores: OwnStores; readonly image: ImageContents<typeof GATE_PROGRAM> });

/** A program that somebody else wrote. One with stores says what waits for them. */
export type ForeignService<Reads extends Variables, OwnStores extends Stores> = Common<Reads> & {
  /** How Kubernetes sees whether it lives and serves. */
  readonly probes: Probes;
} & (keyof OwnStores extends never
    ? { readonly stores?: OwnStores; readonly gate?: never }
    : {
        readonly stores: OwnStores;
        /** The command of an init container in the same image, or `none` for a program that waits by itself. */
        readonly gate: readonly [string, ...string[]] | 'none';
      });

// No keys at all, which `Record<string, never>` would not say.
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type
type Nothing = Readonly<Record<never, never>>;

/**
 * Declares a service that is built on the runtime.
 *
 * @example
 * export const kitchen = declareService({
 *   name: 'kitchen',
 *   port: 5002,
 *   reads: { ORDERS_URL: calls(), ORDERS_TIMEOUT_MS: timeoutOf('ORDERS_URL', 5500) },
 * });
 * @throws Error that names the service and what cannot be
 */
export function declareService<
  const Reads extends Variables = Nothing,
  const OwnStores extends Stores = Nothing,
  const OwnApi extends Api = Nothing,
>(
  given: RuntimeService<Reads, OwnStores, OwnApi>,
): ServiceDeclaration<NoInfer<Reads>, NoInfer<OwnStores>, NoInfer<OwnApi>> {
  const stores = (given.stores ?? {}) as OwnStores;
  const hasStores = Object.keys(stores).length > 0;
  return checked({
    name: given.name,
    port: given.port,
    ports: given.ports ?? {},
    operationsPort: given.operationsPort ?? OPERATIONS_PORT,
    reads: given.reads ?? ({} as Reads),
    stores,
    probes: RUNTIME_PROBES,
    runtime: true,
    gate: hasStores ? ['node', `${GATE_PROGRAM}.js`] : undefined,
    image: given.image,
    api: given.api ?? ({} as OwnApi),
  });
}

/**
 * Declares a service whose image somebody else builds: its probes, and the variables that it is to be told.
 *
 * @example
 * const cache = declareForeignService({ name: 'cache', port: 6379, probes: { readiness: { tcp: true } } });
 * @throws Error that names the service and what cannot be
 */
export function declareForeignService<
  const Reads extends Variables = Nothing,
  const OwnStores extends Stores = Nothing,
>(given: ForeignService<Reads, OwnStores>): ServiceDeclaration<NoInfer<Reads>, NoInfer<OwnStores>, Nothing> {
  return checked({
    name: given.name,
    port: given.port,
    ports: given.ports ?? {},
    operationsPort: undefined,
    reads: given.reads ?? ({} as Reads),
    stores: (given.stores ?? {}) as OwnStores,
    probes: given.probes,
    runtime: false,
    gate: given.gate === undefined || given.gate === 'none' ? undefined : given.gate,
    image: undefined,
    api: {},
  });
}

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What the types cannot say. */
function checked<Declaration extends ServiceDeclaration>(declaration: Declaration): Declaration {
  const { name, reads, stores, runtime } = declaration;
  const refuse = (problem: string): never => {
    throw new Error(`The declaration of ${name}: ${problem}`);
  };
  const wrongPort = portProblem(declaration);
  if (wrongPort !== undefined) refuse(wrongPort);
  for (const probe of Object.values(declaration.probes) as Probes['readiness'][]) {
    const port = 'port' in probe ? probe.port : undefined;
    const ports = containerPortsOf(declaration);
    if (port !== undefined && !(port in ports)) {
      const known = Object.keys(ports).join(', ');
      refuse(`a probe asks the port "${port}"; its ports are: ${known}.`);
    }
  }
  const owners = new Map<string, string>(
    runtime ? Object.keys(RUNTIME_VARIABLES).map((variable) => [variable, 'the runtime']) : [],
  );
  const take = (variable: string, owner: string): void => {
    if (!VARIABLE_NAME.test(variable)) refuse(`"${variable}" is no name of a variable, such as ORDERS_URL.`);
    const other = owners.get(variable);
    if (other !== undefined) refuse(`${variable} is read twice: by ${other} and by ${owner}. Rename one.`);
    owners.set(variable, owner);
  };
  for (const [variable, { source, ...rest }] of Object.entries(reads)) {
    take(variable, 'its own code');
    const of = source === 'timeout' ? (rest as Partial<TimeoutVariable>).of : undefined;
    if (of !== undefined && reads[of]?.source !== 'call') {
      const calls = Object.keys(reads).filter((each) => reads[each]?.source === 'call');
      refuse(
        `${variable} is the timeout of ${of}, which is no call of its; its calls are: ${calls.join(', ') || 'none'}.`,
      );
    }
  }
  for (const [prefix, store] of Object.entries(stores)) {
    for (const variable of Object.values<string>({ ...storeVariableNames(prefix, store) })) {
      take(variable, `the store ${prefix}`);
    }
    const { migrations } = store;
    if (migrations && declaration.image && !(declaration.image.folders ?? []).includes(migrations.folder)) {
      refuse(
        `the store ${prefix} has its migrations in "${migrations.folder}", which is no folder of its image; add it to image.folders.`,
      );
    }
  }
  return declaration;
}

import type { Duration } from 'cdk8s';
import type {
  AddressForm,
  NamesOf,
  ServiceDeclaration,
  TimeoutVariable,
  Variables,
} from '@cafe-lumiere/contract';
import type { Configuration } from './configuration.js';
import type { ConnectingPods, DeclaredService } from './declared-service.js';
import type { Address, EnvironmentVariable } from './environment-variable.js';

/** The name of the variable that holds how long the call `Call` may take. */
type TimeoutName<Reads extends Variables, Call extends string> = {
  [Name in keyof Reads & string]: Reads[Name] extends TimeoutVariable<Call> ? Name : never;
}[keyof Reads & string];

/** How one service calls another: by a variable that the caller's declaration reads. */
export type ServiceEdgeOptions<
  Declaration extends ServiceDeclaration = ServiceDeclaration,
  Call extends string = string,
> = {
  /** The variable that holds the callee's address, one that the caller declares with `calls()`. */
  readonly env: Call;
  /** The callee's port by its name. @default - the callee's own */
  readonly port?: string;
} & (string extends keyof Declaration['reads']
  ? { readonly timeout?: Duration }
  : TimeoutName<Declaration['reads'], Call> extends never
    ? { readonly timeout?: undefined }
    : {
        /** When the caller gives up, retries included. Each callee must give up before its caller does. */
        readonly timeout: Duration;
      });

/** The calls that a declaration reads. */
export type CallName<Declaration extends ServiceDeclaration> = string extends keyof Declaration['reads']
  ? string
  : NamesOf<Declaration['reads'], 'call'>;

/** A connection from a service to a service, said once: environment and network policies follow from it. */
export class ServiceEdge {
  /** What the caller's container gets. */
  readonly variables: readonly EnvironmentVariable[];
  readonly env: string;
  private readonly port: number;
  private readonly form: AddressForm;
  private readonly timeout: { readonly name: string; readonly value: string } | undefined;

  constructor(
    caller: DeclaredService,
    readonly callee: DeclaredService,
    configuration: Configuration,
    options: {
      readonly env: string;
      readonly timeout?: Duration | undefined;
      readonly port?: string | undefined;
    },
  ) {
    const { name, reads } = caller.declaration;
    const { env, timeout } = options;
    const path = caller.node.path;
    const variable = reads[env];
    if (variable?.source !== 'call' || !('form' in variable)) {
      const calls = Object.keys(reads).filter((each) => reads[each]?.source === 'call');
      throw new Error(
        `${path}: calls(${callee.name}) sets ${env}, which the declaration of ${name} does not read as a call. It reads: ${calls.join(', ') || 'no calls'}.`,
      );
    }
    this.env = env;
    this.form = (variable as { form: AddressForm }).form;
    this.timeout = timeoutOf(caller, env, timeout);
    const address = callee.addressFor(caller, options.port);
    this.variables = [
      configuration.add(caller.name, env, written(this.form, address)),
      ...(this.timeout ? [this.timeout] : []),
    ];
    this.port = callee.containerPort(options.port);
  }

  /** Opens the connection for these pods, on both ends. */
  admit(pods: ConnectingPods): void {
    pods.policy.allowTo(this.callee, this.port);
    this.callee.policy.allowFrom(pods, this.port);
  }

  /** The same variables with plain values, for a callee that listens at this address. */
  environmentAt(address: Address): Record<string, string> {
    return {
      [this.env]: written(this.form, address),
      ...(this.timeout ? { [this.timeout.name]: this.timeout.value } : {}),
    };
  }
}

function timeoutOf(
  caller: DeclaredService,
  env: string,
  timeout: Duration | undefined,
): { readonly name: string; readonly value: string } | undefined {
  const { name, reads } = caller.declaration;
  const [found] = Object.entries(reads).filter(
    ([, variable]) => variable.source === 'timeout' && Reflect.get(variable, 'of') === env,
  );
  if (!found && timeout === undefined) return undefined;
  if (!found) {
    throw new Error(
      `${caller.node.path}: calls(…, { env: '${env}' }) has a timeout, and the declaration of ${name} reads none for it. Declare it with timeoutOf('${env}', …), or take it out.`,
    );
  }
  const [variable, { read }] = found;
  if (timeout === undefined) {
    throw new Error(
      `${caller.node.path}: calls(…, { env: '${env}' }) has no timeout, which ${name} reads as ${variable}. Add one, such as timeout: Duration.seconds(5).`,
    );
  }
  const value = String(timeout.toMilliseconds());
  const reading = read(value);
  if ('problem' in reading) throw new Error(`${caller.node.path}: the timeout of ${env} ${reading.problem}.`);
  return { name: variable, value };
}

function written(form: AddressForm, { host, port }: Address): string {
  if (form === 'host') return host;
  return form === 'url' ? `http://${host}:${port}` : `${host}:${port}`;
}

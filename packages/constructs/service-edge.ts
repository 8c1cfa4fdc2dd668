import type { Duration } from 'cdk8s';
import type { Configuration } from './configuration.js';
import type { Address, EnvironmentVariable } from './environment-variable.js';
import type { ProbedService } from './probed-service.js';

/** How one service calls another. */
export interface ServiceEdgeOptions {
  /** The variable that holds the callee's URL, such as `ORDER_SERVICE_URL`. */
  readonly env: `${string}_URL`;
  /** When the caller gives up, retries included. Each callee must give up before its caller does. */
  readonly timeout: Duration;
}

/** A connection from a service to a service, said once: environment and network policies follow from it. */
export class ServiceEdge {
  /** What the caller's container gets. */
  readonly variables: readonly EnvironmentVariable[];

  constructor(
    caller: ProbedService,
    readonly callee: ProbedService,
    configuration: Configuration,
    private readonly options: ServiceEdgeOptions,
  ) {
    if (!/^[A-Z][A-Z0-9_]*_URL$/.test(options.env)) {
      throw new Error(
        `${caller.node.path}: the variable "${options.env}" for ${callee.name} must be capitals, digits and "_" and end in _URL, such as ORDER_SERVICE_URL.`,
      );
    }
    configuration.add(options.env, url(callee.clusterAddress));
    this.variables = [
      { name: options.env, from: 'configMap' },
      { name: this.timeoutName, from: 'value', value: this.timeout },
    ];
    caller.policy.allowTo(callee, callee.port);
    callee.policy.allowFrom(caller, callee.port);
  }

  /** The variable that holds the callee's URL. */
  get env(): string {
    return this.options.env;
  }

  /** The same variables with plain values, for a callee that listens at this address. */
  environmentAt(address: Address): Record<string, string> {
    return { [this.options.env]: url(address), [this.timeoutName]: this.timeout };
  }

  private get timeoutName(): string {
    return this.options.env.replace(/_URL$/, '_TIMEOUT_MS');
  }

  private get timeout(): string {
    return String(this.options.timeout.toMilliseconds());
  }
}

const url = ({ host, port }: Address): string => `http://${host}:${port}`;

import { join } from 'node:path';
import {
  type Address,
  type DeclaredService,
  ProbedService,
  type ServiceEdge,
  type Store,
  type StoreEdge,
} from '@cafe-lumiere/constructs';
import { OPERATIONS_PORT, type ServiceDeclaration } from '@cafe-lumiere/contract';
import { freePort, PostgresServer } from '@cafe-lumiere/runtime/testing';
import { App } from 'cdk8s';
import { Cafe } from '../cdk8s/cafe.js';
import { environmentNamed } from '../cdk8s/environments.js';
import { imageOf } from '../images/image-lock.js';
import { ServiceProcess } from './service-process.js';

/** How the café runs on this computer. */
export interface LocalCafeOptions {
  /** Where the database keeps its data between two runs. */
  readonly dataDirectory: string;
  /** The frontend's port. */
  readonly port: number;
  /** Says what happens. */
  readonly say: (line: string) => void;
  /** Receives the services' and the database's logs, a line at a time. */
  readonly log: (source: string, line: string) => void;
}

/**
 * The whole café on this computer: a real PostgreSQL and the three services, each in its process, wired from the same
 * declaration as the manifests. What cafe.ts says of ports, names and passwords is said nowhere else.
 */
export class LocalCafe {
  /** Resolves with a sentence when a service ends by itself. */
  readonly failed: Promise<string>;
  private database: PostgresServer | undefined;
  private readonly services: ServiceProcess[] = [];
  private fail: (reason: string) => void = () => undefined;
  private stopping = false;

  constructor(private readonly options: LocalCafeOptions) {
    this.failed = new Promise((done) => {
      this.fail = done;
    });
  }

  /** Where the café is open. */
  get url(): string {
    return `http://localhost:${this.options.port}`;
  }

  /**
   * Starts everything and resolves when every service is ready.
   *
   * @throws Error that says what did not start; what had started is stopped
   */
  async start(): Promise<void> {
    const { port } = this.options;
    if ((await freePort(port)) !== port) {
      throw new Error(
        `Port ${port} on this computer is taken, by another "make up" perhaps. Choose another one: make up PORT=${port + 50}` +
          (process.platform === 'darwin' ? ' (on macOS, AirPlay Receiver listens on 5000).' : '.'),
      );
    }
    try {
      await this.startAll(
        new Cafe(new App(), 'local', { environment: environmentNamed('local'), imageOf: imageOf() }),
      );
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends the services, the last started first, then the database. May be called at any time, and twice. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const service of [...this.services].reverse()) await service.stop();
    await this.database?.stop();
  }

  /** Ends everything at once; the database recovers at its next start. */
  async kill(): Promise<void> {
    this.stopping = true;
    for (const service of this.services) service.kill();
    await this.database?.stop('immediate');
  }

  private async startAll(cafe: Cafe): Promise<void> {
    const services = ProbedService.within(cafe);
    const stores = [...new Set(services.flatMap(({ edges }) => edges.flatMap(storeOf)))];
    const ports = new Map<DeclaredService | Store, number>();
    for (const service of services) {
      // What is reached from outside on a cluster is at the address that was asked for.
      const outside = service.expose.type === 'LoadBalancer';
      ports.set(service, outside ? this.options.port : await this.portFor(service));
    }
    // One server for all databases of the café; on a cluster each has its own.
    const [first] = stores;
    const databasePort = first ? await this.portFor(first) : 0;
    for (const store of stores) ports.set(store, databasePort);
    const addressOf = (target: DeclaredService | Store): Address => ({
      host: '127.0.0.1',
      port: ports.get(target) ?? target.port,
    });

    if (first) await this.startDatabase(databasePort, stores);
    for (const [index, service] of services.entries()) {
      if (this.stopping) throw new Error('stopped while starting');
      const { port } = addressOf(service);
      // Pods have addresses of their own; here they share one.
      const operationsPort = await freePort(OPERATIONS_PORT + index);
      this.options.say(`starting ${service.name} on port ${port}; its metrics are on ${operationsPort}`);
      this.startService(service.declaration, operationsPort, {
        ...service.environmentAt(addressOf),
        PORT: String(port),
        OPERATIONS_PORT: String(operationsPort),
        HOST: '127.0.0.1',
        // Nobody balances over this computer: nothing to wait for when it stops.
        DRAIN_SECONDS: '0',
      });
    }
    await Promise.all(this.services.map((service) => service.ready()));
  }

  private async startDatabase(port: number, stores: readonly Store[]): Promise<void> {
    this.options.say(`starting PostgreSQL with ${this.options.dataDirectory}`);
    this.database = await PostgresServer.start({
      dataDirectory: this.options.dataDirectory,
      port,
      log: (line) => {
        this.options.log('postgresql', line);
      },
    });
    for (const { owner, database, credentials } of stores) {
      const password = 'developmentPassword' in credentials ? credentials.developmentPassword : '';
      await this.database.createRoleAndDatabase({ role: owner, database, password });
    }
  }

  private startService(
    { name, image }: ServiceDeclaration,
    operationsPort: number,
    environment: Readonly<Record<string, string>>,
  ): void {
    if (!image) throw new Error(`${name} has no code here: its declaration names no image of its own.`);
    const log = (line: string): void => {
      this.options.log(name, line);
    };
    const service = ServiceProcess.start({
      name,
      program: join('services', name, image.programs.server),
      operationsPort,
      environment,
      log,
    });
    this.services.push(service);
    void service.exited.then((code) => {
      if (!this.stopping)
        this.fail(`${name} ended by itself (exit ${code ?? 'by a signal'}); its log stands above.`);
    });
  }

  /** The declared port, or a free one when something else on this computer listens there. */
  private async portFor(target: DeclaredService | Store): Promise<number> {
    const port = await freePort(target.port);
    if (port !== target.port) {
      this.options.say(`port ${target.port} is taken on this computer, so ${target.name} uses ${port}`);
    }
    return port;
  }
}

const storeOf = (edge: ServiceEdge | StoreEdge): Store[] => ('store' in edge ? [edge.store] : []);

import { App } from 'cdk8s';
import { readImages } from '../images/image-lock.js';
import { Cafe } from '../cdk8s/cafe.js';
import type { Address } from '@cafe-lumiere/constructs';
import type { Store } from '@cafe-lumiere/constructs';
import type { ProbedService } from '@cafe-lumiere/constructs';
import { environmentNamed } from '../cdk8s/environments.js';
import { freePort } from '@cafe-lumiere/runtime/testing';
import { PostgresServer } from '@cafe-lumiere/runtime/testing';
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

type Target = ProbedService | Store;

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
        new Cafe(new App(), 'local', { environment: environmentNamed('local'), images: readImages() }),
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
    const { postgres } = cafe;
    const ports = new Map<Target, number>([[cafe.frontend, this.options.port]]);
    for (const target of [postgres, cafe.orders, cafe.kitchen]) {
      ports.set(target, await this.portFor(target));
    }
    const addressOf = (target: Target): Address => ({
      host: '127.0.0.1',
      port: ports.get(target) ?? target.port,
    });

    this.options.say(`starting PostgreSQL with ${this.options.dataDirectory}`);
    this.database = await PostgresServer.start({
      dataDirectory: this.options.dataDirectory,
      port: addressOf(postgres).port,
      log: (line) => {
        this.options.log('postgresql', line);
      },
    });
    await this.database.createRoleAndDatabase({
      role: postgres.owner,
      database: postgres.database,
      password: postgres.developmentPassword ?? '',
    });
    for (const service of cafe.services) {
      if (this.stopping) throw new Error('stopped while starting');
      const { port } = addressOf(service);
      this.options.say(`starting ${service.name} on port ${port}`);
      this.startService(service.name, port, {
        ...service.environmentAt(addressOf),
        PORT: String(port),
        HOST: '127.0.0.1',
        // Nobody balances over this computer: nothing to wait for when it stops.
        DRAIN_SECONDS: '0',
      });
    }
    await Promise.all(this.services.map((service) => service.ready()));
  }

  private startService(name: string, port: number, environment: Readonly<Record<string, string>>): void {
    const log = (line: string): void => {
      this.options.log(name, line);
    };
    const service = ServiceProcess.start({ name, port, environment, log });
    this.services.push(service);
    void service.exited.then((code) => {
      if (!this.stopping)
        this.fail(`${name} ended by itself (exit ${code ?? 'by a signal'}); its log stands above.`);
    });
  }

  /** The declared port, or a free one when something else on this computer listens there. */
  private async portFor(target: Target): Promise<number> {
    const port = await freePort(target.port);
    if (port !== target.port) {
      this.options.say(`port ${target.port} is taken on this computer, so ${target.name} uses ${port}`);
    }
    return port;
  }
}

import { Chart, Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ImageName } from '../images/image-lock.js';
import { Configuration } from '@cafe-lumiere/constructs';
import { DefaultDenyNetworkPolicy } from '@cafe-lumiere/constructs';
import { ExternalPostgres } from '@cafe-lumiere/constructs';
import { PostgresStack } from '@cafe-lumiere/constructs';
import { ProbedService } from '@cafe-lumiere/constructs';
import { RestrictedNamespace } from '@cafe-lumiere/constructs';
import type { Store } from '@cafe-lumiere/constructs';
import { type Environment, SECRET_NAME } from './environments.js';

/** What the café is made from. */
export interface CafeProps {
  readonly environment: Environment;
  /** The image of each service. */
  readonly images: Readonly<Record<ImageName, string>>;
}

/** The café: three services, their database, and who talks to whom. */
export class Cafe extends Chart {
  readonly postgres: Store;
  readonly orders: ProbedService;
  readonly kitchen: ProbedService;
  readonly frontend: ProbedService;

  constructor(scope: Construct, id: string, { environment, images }: CafeProps) {
    const namespace = 'cafe-lumiere';
    super(scope, id, { namespace, labels: { 'app.kubernetes.io/part-of': namespace } });

    new RestrictedNamespace(this, 'namespace', { name: namespace });
    const configuration = new Configuration(this, 'configuration', {
      configMap: 'cafe-config',
      secret: SECRET_NAME,
    });
    new DefaultDenyNetworkPolicy(this, 'default-deny');

    const names = { database: 'cafe_lumiere', owner: 'cafe' };
    this.postgres = environment.externalDatabase
      ? new ExternalPostgres(this, 'postgres', { ...names, ...environment.externalDatabase })
      : new PostgresStack(this, 'postgres', {
          ...names,
          storage: Size.gibibytes(5),
          credentials: environment.databaseCredentials,
        });
    this.orders = new ProbedService(this, 'order-service', {
      port: 5001,
      image: images['order-service'],
      configuration,
    });
    this.kitchen = new ProbedService(this, 'kitchen-service', {
      port: 5002,
      image: images['kitchen-service'],
      configuration,
    });
    this.frontend = new ProbedService(this, 'frontend', {
      port: 5000,
      expose: { port: 80, type: 'LoadBalancer' },
      image: images.frontend,
      configuration,
      // Who makes this Secret closes the kitchen to guests.
      optionalSecrets: { STAFF_PASSWORD: 'cafe-staff' },
    });

    // Each callee gives up before its caller does: a query after 1.5 s, kitchen-service after 5.5 s, the frontend after
    // 5.75 s, and the page after 6 s, which says after 2.5 s that it takes long. No sooner, because requests wait for the
    // end of a restart of the database (docs/decisions/short-absence.md).
    this.orders.connects(this.postgres, { queryTimeout: Duration.millis(1500) });
    this.kitchen.calls(this.orders, { env: 'ORDER_SERVICE_URL', timeout: Duration.millis(5500) });
    this.frontend.calls(this.orders, { env: 'ORDER_SERVICE_URL', timeout: Duration.millis(5750) });
    this.frontend.calls(this.kitchen, { env: 'KITCHEN_SERVICE_URL', timeout: Duration.millis(5750) });
  }

  /** The services in the order in which they can start. */
  get services(): readonly ProbedService[] {
    return [this.orders, this.kitchen, this.frontend];
  }
}

import { Chart, Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  Configuration,
  DefaultDenyNetworkPolicy,
  GatewayRoute,
  GrafanaDashboard,
  OriginatedSecret,
  ProbedService,
  RestrictedNamespace,
} from '@cafe-lumiere/constructs';
import { frontend } from '../services/frontend/declaration.js';
import { kitchenService } from '../services/kitchen-service/declaration.js';
import { orderService } from '../services/order-service/declaration.js';
import { cafeAlerts } from './alerts.js';
import { dashboardRows } from './dashboard.js';
import { cafeDatabase } from './database.js';
import { type Environment, SECRET_NAME } from './environments.js';

/** What the café is made from. */
export interface CafeProps {
  readonly environment: Environment;
  /** The image of a service. */
  readonly imageOf: (service: string) => string;
  /** The digest that a tag of somebody else's image is pinned to. @default - none is */
  readonly digestOf?: (image: string) => string | undefined;
  /**
   * Where it runs.
   * @default 'cafe-lumiere', by contract
   */
  readonly namespace?: string;
}

/** The café: three services, their database, and who talks to whom. */
export class Cafe extends Chart {
  /** The namespace of everything, unless somebody says another. */
  static readonly NAMESPACE = 'cafe-lumiere';

  constructor(
    scope: Construct,
    id: string,
    { environment, imageOf, digestOf, namespace = Cafe.NAMESPACE }: CafeProps,
  ) {
    super(scope, id, { namespace, labels: { 'app.kubernetes.io/part-of': namespace } });

    new RestrictedNamespace(this, 'namespace', { name: namespace });
    const { monitoring, traces, dns, autoscaler } = environment;
    const pods = autoscaler === undefined ? {} : { autoscaler };
    const configuration = new Configuration(this, 'configuration', {
      configMap: 'cafe-config',
      secret: SECRET_NAME,
      ...(monitoring === undefined ? {} : { monitoring: monitoring.namespace }),
      ...(traces === undefined ? {} : { traces }),
      ...(dns === undefined ? {} : { dns }),
    });
    for (const [name, origin] of Object.entries(environment.secrets ?? {})) {
      new OriginatedSecret(this, `secret-${name}`, { name, origin });
    }
    new DefaultDenyNetworkPolicy(this, 'default-deny');

    const postgres = cafeDatabase(this, environment, digestOf);

    // Each callee gives up before its caller does: a query after 1.5 s, kitchen-service after 14.5 s, the frontend
    // after 14.75 s, and the page after 15 s, which says after 2.5 s that it takes long. No sooner, because requests wait for the
    // end of a restart of the database (docs/decisions/short-absence.md).
    const orders = new ProbedService(this, orderService, {
      image: imageOf('order-service'),
      configuration,
      ...pods,
    });
    orders.connects(postgres, { queryTimeout: Duration.millis(1500) });

    const kitchen = new ProbedService(this, kitchenService, {
      image: imageOf('kitchen-service'),
      configuration,
      ...pods,
    });
    kitchen.calls(orders, { env: 'ORDER_SERVICE_URL', timeout: Duration.millis(14_500) });

    const { exposure, staffDoor } = environment;
    const staff =
      'secret' in staffDoor
        ? { secret: staffDoor.secret, optional: false }
        : { secret: staffDoor.openWithout, optional: true };
    const pages = new ProbedService(this, frontend, {
      image: imageOf('frontend'),
      configuration,
      ...pods,
      expose: {
        port: 80,
        type: 'tlsProxies' in exposure ? 'ClusterIP' : 'LoadBalancer',
        clientTimeout: Duration.seconds(15),
      },
      values:
        'tlsProxies' in exposure ? { GUEST_TLS: 'required', TRUSTED_PROXIES: exposure.tlsProxies.count } : {},
      secrets: { STAFF_PASSWORD: staff, STAFF_SIGNING_KEY: staff },
    });
    if ('gateway' in exposure) {
      new GatewayRoute(this, 'gateway', {
        service: pages,
        proxies: exposure.tlsProxies.namespace,
        ...exposure.gateway,
      });
    } else if ('tlsProxies' in exposure) {
      pages.policy.allowFromNamespace(exposure.tlsProxies.namespace, pages.port);
    }
    pages.calls(orders, { env: 'ORDER_SERVICE_URL', timeout: Duration.millis(14_750) });
    pages.calls(kitchen, { env: 'KITCHEN_SERVICE_URL', timeout: Duration.millis(14_750) });
    if (monitoring) {
      new GrafanaDashboard(this, 'dashboard', {
        name: `${namespace}-dashboard`,
        title: 'Café Lumière',
        rows: dashboardRows(namespace),
      });
    }
    if (monitoring?.operator) {
      cafeAlerts(this, namespace, [orders, kitchen, pages], monitoring.operator.labels);
    }
  }
}

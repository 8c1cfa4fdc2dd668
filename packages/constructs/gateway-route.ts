import { EXTERNAL } from '@cafe-lumiere/contract';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { checkDnsLabel, checkPort } from './names.js';
import type { PodNetworkPolicy } from './pod-network-policy.js';
import type { Expose } from './expose.js';

/** How guests come to a service through a Gateway. */
export interface GatewayRouteProps {
  /** To whom they are led; a {@link ProbedService} is one. */
  readonly service: {
    readonly name: string;
    readonly port: number;
    readonly expose: Expose;
    readonly policy: PodNetworkPolicy;
  };
  /** The GatewayClass: who runs the Gateway. */
  readonly className: string;
  /** The name that guests type. The listener takes no other. */
  readonly hostname: string;
  /** The Secret with the certificate for this name, in the namespace of the route. Somebody else makes it. */
  readonly tlsSecret: string;
  /** The namespace of the Gateway's own pods: no others may connect to the service. */
  readonly proxies: string;
  /**
   * The listener's port. Some Gateways listen elsewhere inside than outside, such as Traefik on 8443.
   * @default 443
   */
  readonly port?: number;
}

const HOSTNAME = /^(?:\*\.)?[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)+$/;

/**
 * A Gateway that ends TLS for one name, a route from it to a service, and the network policy that lets its pods in.
 *
 * The gateway itself gives nobody up (`request: 0s`): an event stream lasts as long as its page, and every other deadline is
 * inside, where whoever waits is told why. Without the word each implementation has a default of its own.
 *
 * Written in the words of Gateway API v1, https://gateway-api.sigs.k8s.io/reference/spec/.
 */
export class GatewayRoute extends Construct {
  /** @throws Error for a hostname, name or port that cannot be */
  constructor(scope: Construct, id: string, props: GatewayRouteProps) {
    super(scope, id);
    const { service, className, hostname, tlsSecret, proxies, port = 443 } = props;
    const { path } = this.node;
    if (!HOSTNAME.test(hostname) || hostname.length > 253) {
      throw new Error(
        `${path}: hostname is "${hostname}"; it is the DNS name that guests type, without a scheme and a port, such as cafe.example.com.`,
      );
    }
    checkPort(path, 'port', port);
    checkDnsLabel(path, proxies);
    const LISTENER = 'https';
    new ApiObject(this, 'Gateway', {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: service.name, annotations: { [EXTERNAL]: `Secret/${tlsSecret}` } },
      spec: {
        gatewayClassName: className,
        listeners: [
          {
            name: LISTENER,
            hostname,
            port,
            protocol: 'HTTPS',
            tls: { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: tlsSecret }] },
            allowedRoutes: { namespaces: { from: 'Same' } },
          },
        ],
      },
    });
    new ApiObject(this, 'HTTPRoute', {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: service.name },
      spec: {
        parentRefs: [{ name: service.name, sectionName: LISTENER }],
        hostnames: [hostname],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            timeouts: { request: '0s' },
            backendRefs: [{ name: service.name, port: service.expose.port }],
          },
        ],
      },
    });
    service.policy.allowFromNamespace(proxies, service.port);
  }
}

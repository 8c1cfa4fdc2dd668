import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { checkDns, type Dns } from './dns.js';
import { checkPort } from './names.js';
import { checkNetwork } from './network.js';
import { type Peer, PodNetworkPolicy } from './pod-network-policy.js';

/** Where the API server is, for a network policy, which sees its address and not that of the Service `kubernetes`. */
export interface ApiServer {
  /** Such as `10.0.0.2/32`. */
  readonly networks: readonly string[];
  /** @default 6443 */
  readonly port?: number;
}

/** The pods that a policy is about, and those around them. */
export interface CloudNativePgPolicyProps {
  /** Of the Cluster. */
  readonly name: string;
  readonly operatorNamespace: string;
  readonly apiServer: ApiServer | undefined;
  readonly monitoring: string | undefined;
  readonly dns: Dns;
}

/** The instance manager's, beside PostgreSQL: the operator asks here how an instance is, and so do the others. */
const STATUS_PORT = 8000;
const METRICS_PORT = 9187;
/** As managed clusters and kubeadm have it; where the API server really is, no manifest knows. */
const API_SERVER_PORTS = [443, 6443];
const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** Every pod of a Cluster: the instances, and the Jobs that make them. */
export const clusterLabels = (name: string): Readonly<Record<string, string>> => ({
  'cnpg.io/cluster': name,
});

/**
 * Who reaches a Cluster's pods, and whom they reach: each other, the operator, the clients, DNS and the API server, in
 * which the instances read who the primary is.
 * https://cloudnative-pg.io/documentation/1.28/networking/
 */
export class CloudNativePgPolicy extends Construct {
  private readonly policy: PodNetworkPolicy;

  constructor(
    scope: Construct,
    id: string,
    private readonly postgresPort: number,
    { name, operatorNamespace, apiServer, monitoring, dns }: CloudNativePgPolicyProps,
  ) {
    super(scope, id);
    const path = this.node.path;
    const { namespace } = Chart.of(this);
    const podLabels = clusterLabels(name);
    this.policy = new PodNetworkPolicy(this, 'Policy', { name, podLabels, dns: checkDns(path, dns) });
    const itself = { name, podLabels, namespace };
    const operator = {
      name: 'cloudnative-pg',
      podLabels: { 'app.kubernetes.io/name': 'cloudnative-pg' },
      namespace: operatorNamespace,
    };
    for (const port of [postgresPort, STATUS_PORT]) {
      this.policy.allowFrom(itself, port);
      this.policy.allowFrom(operator, port);
      this.policy.allowTo(itself, port);
    }
    if (monitoring !== undefined) this.policy.allowFromNamespace(monitoring, METRICS_PORT);
    if (apiServer === undefined) {
      for (const port of API_SERVER_PORTS) this.policy.allowToNetworks(ANYWHERE, port);
      return;
    }
    if (apiServer.networks.length === 0) {
      throw new Error(
        `${path}: apiServer.networks is empty, so that no instance could ask who the primary is; name its address, such as "10.0.0.2/32".`,
      );
    }
    for (const network of apiServer.networks) checkNetwork(path, 'apiServer.networks', network);
    const port = checkPort(path, 'apiServer.port', apiServer.port ?? 6443);
    this.policy.allowToNetworks(apiServer.networks, port);
  }

  /** One more service that connects. */
  allowFrom(client: Peer): void {
    this.policy.allowFrom(client, this.postgresPort);
  }
}

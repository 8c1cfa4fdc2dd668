import type { ServiceDeclaration } from '@cafe-lumiere/contract';
import type { Node } from 'constructs';
import type { Address } from './environment-variable.js';
import type { Expose } from './expose.js';
import type { Peer, PodNetworkPolicy } from './pod-network-policy.js';
import type { ServiceEdge } from './service-edge.js';
import type { Store } from './store.js';
import type { StoreEdge } from './store-edge.js';

/** Pods that connect to what a service connects to: its own, and those of its jobs. */
export interface ConnectingPods extends Peer {
  readonly policy: PodNetworkPolicy;
  /** Pods that a store must have connections for. */
  readonly maximumReplicas: number;
  /** Pods that a rollout runs besides. */
  readonly surge: number;
}

/** A service in the tree, whatever its declaration reads: what edges, a local run and tools need to know of it. */
export interface DeclaredService extends ConnectingPods {
  readonly node: Node;
  readonly declaration: ServiceDeclaration;
  /** The TCP port that the container listens on. */
  readonly port: number;
  /** How others reach this service. */
  readonly expose: Expose;
  /** What was declared with `calls` and `connects`, in that order. */
  readonly edges: readonly (ServiceEdge | StoreEdge)[];
  /**
   * Where these callers find this service.
   *
   * @param name - of one of its ports. @default - its own
   */
  addressFor(caller: Peer, name?: string): Address;
  /** The container's port of this name. @default - its own. @throws Error with the names that there are */
  containerPort(name?: string): number;
  /**
   * Every variable with its plain value, for a run without a cluster.
   *
   * @param addressOf - where each service and store listens there
   */
  environmentAt(addressOf: (target: DeclaredService | Store) => Address): Record<string, string>;
}

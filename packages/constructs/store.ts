import type { Node } from 'constructs';
import type { DatabaseClient } from '@cafe-lumiere/contract';
import type { Address } from './environment-variable.js';
import type { Peer, PodNetworkPolicy } from './pod-network-policy.js';

/** A service that connects: its pods and their connections. */
export type StoreClient = Peer & DatabaseClient;

/** Certificates in PEM, in the namespace of those who need them. */
export type CertificateSource =
  { readonly configMap: string; readonly key: string } | { readonly secret: string; readonly key: string };

/** How the connection to a store is protected: by a certificate that is checked, with its name, or not at all. */
export interface StoreTls {
  /**
   * Who may have signed the store's certificate.
   * @default - whom the services' runtime trusts by itself
   */
  readonly ca?: CertificateSource;
}

/**
 * A PostgreSQL that services connect to, whoever runs it. What a service is told is the same for all of them, so that
 * one can take another's place: here for a database of our own, of a cloud, and next for one that an operator runs.
 */
export interface Store {
  readonly node: Node;
  /** What it is called, for the reader. */
  readonly name: string;
  readonly port: number;
  readonly database: string;
  readonly owner: string;
  /** Where the clients inside the cluster find it. */
  readonly clusterAddress: Address;
  /** The password, where the manifests may hold one. */
  readonly developmentPassword: string | undefined;
  /** @default - the connection is not encrypted */
  readonly tls?: StoreTls | undefined;
  /** One more service that holds connections. */
  addClient(client: StoreClient): void;
  /** Lets a client's pods out to the store. */
  admit(policy: PodNetworkPolicy): void;
}

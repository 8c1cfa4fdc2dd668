import type { DatabaseClient } from '@cafe-lumiere/contract';
import type { Node } from 'constructs';
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
 * Where the application's password comes from: one value that both sides are given, for development only, or a Secret
 * that is in the cluster before either side starts and never in the manifests.
 */
export type DatabaseCredentials =
  | { readonly developmentPassword: string }
  | {
      /** The Secret's name, in the namespace of the store's clients. */
      readonly existingSecret: string;
      /** Where the password is in it. @default 'DB_PASSWORD' */
      readonly key?: string;
    };

/** The key of the password where nobody says another. */
export const PASSWORD_KEY = 'DB_PASSWORD';

/**
 * A PostgreSQL that services connect to, whoever runs it. What a service is told is the same for all of them, so that
 * one can take another's place: here for a database of our chart, of an operator, and of a cloud.
 */
export interface Store {
  readonly node: Node;
  /** What it is called, for the reader. */
  readonly name: string;
  readonly port: number;
  readonly database: string;
  readonly owner: string;
  /** Where these clients find it. @throws Error when they cannot, with the way out */
  addressFor(client: Peer): Address;
  readonly credentials: DatabaseCredentials;
  /** @default - the connection is not encrypted */
  readonly tls?: StoreTls | undefined;
  /** One more service that holds connections. */
  addClient(client: StoreClient): void;
  /** Lets a client's pods out to the store. */
  admit(policy: PodNetworkPolicy): void;
}

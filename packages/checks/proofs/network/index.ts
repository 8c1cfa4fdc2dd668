import { forbiddenConnection } from './forbidden-connection.js';
import { forbiddenDns } from './forbidden-dns.js';
import { policyTarget } from './policy-target.js';
import { undeclaredConnection } from './undeclared-connection.js';

/** The network policies allow what the manifests declare, and nothing else. */
export const NETWORK_PROOFS = [
  forbiddenConnection,
  forbiddenDns,
  undeclaredConnection,
  policyTarget,
] as const;

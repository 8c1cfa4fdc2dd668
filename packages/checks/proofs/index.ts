import { CAPACITY_PROOFS } from './capacity/index.js';
import { CLOUDNATIVE_PG_PROOFS } from './cloudnative-pg/index.js';
import { CONNECTION_PROOFS } from './connections/index.js';
import { DATA_PROOFS } from './data/index.js';
import { IMAGE_PROOFS } from './images/index.js';
import { NETWORK_PROOFS } from './network/index.js';
import { OBJECT_PROOFS } from './objects/index.js';
import { PROBE_PROOFS } from './probes/index.js';
import type { Proof } from './proof.js';
import { REFERENCE_PROOFS } from './references/index.js';
import { RELEASE_PROOFS } from './releases/index.js';
import { ROLLOUT_PROOFS } from './rollout/index.js';
import { SECRET_PROOFS } from './secrets/index.js';
import { SECURITY_PROOFS } from './security/index.js';
import { TIME_PROOFS } from './time/index.js';

/** Every proof, in the order in which one mends: what the API server refuses first, budgets last. */
export const PROOFS: readonly Proof[] = [
  ...OBJECT_PROOFS,
  ...CONNECTION_PROOFS,
  ...RELEASE_PROOFS,
  ...REFERENCE_PROOFS,
  ...PROBE_PROOFS,
  ...ROLLOUT_PROOFS,
  ...NETWORK_PROOFS,
  ...SECURITY_PROOFS,
  ...IMAGE_PROOFS,
  ...SECRET_PROOFS,
  ...TIME_PROOFS,
  ...CAPACITY_PROOFS,
  ...CLOUDNATIVE_PG_PROOFS,
  ...DATA_PROOFS,
];

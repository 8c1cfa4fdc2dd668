import { podSecurity } from './pod-security.js';

/** A namespace that enforces Pod Security "restricted" takes the pods. */
export const SECURITY_PROOFS = [podSecurity] as const;

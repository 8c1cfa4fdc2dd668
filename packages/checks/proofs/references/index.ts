import { duplicateVariable } from './duplicate-variable.js';
import { ingressBackend } from './ingress-backend.js';
import { missingKey } from './missing-key.js';
import { missingObject } from './missing-object.js';
import { missingVolume } from './missing-volume.js';
import { postgresDataFolder } from './postgres-data-folder.js';
import { serviceLink } from './service-link.js';

/** What a pod or an ingress refers to is there, once. */
export const REFERENCE_PROOFS = [
  missingObject,
  missingKey,
  missingVolume,
  postgresDataFolder,
  duplicateVariable,
  serviceLink,
  ingressBackend,
] as const;

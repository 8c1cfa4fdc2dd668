import { calledService } from './called-service.js';
import { duplicateVariable } from './duplicate-variable.js';
import { ingressBackend } from './ingress-backend.js';
import { missingKey } from './missing-key.js';
import { missingObject } from './missing-object.js';
import { missingVolume } from './missing-volume.js';
import { postgresDataFolder } from './postgres-data-folder.js';
import { roleBinding } from './role-binding.js';
import { routeBackend } from './route-backend.js';
import { serviceLink } from './service-link.js';

/** What a pod, an ingress, a route or a binding refers to is there, once. */
export const REFERENCE_PROOFS = [
  missingObject,
  missingKey,
  missingVolume,
  postgresDataFolder,
  duplicateVariable,
  serviceLink,
  ingressBackend,
  routeBackend,
  roleBinding,
  calledService,
] as const;

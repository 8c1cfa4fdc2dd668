import { fixedServiceName } from './fixed-service-name.js';
import { releaseDatabase } from './release-database.js';
import { releaseHost } from './release-host.js';
import { unreadValue } from './unread-value.js';

/** Clients and the Helm releases that they rely on agree. */
export const RELEASE_PROOFS = [releaseHost, releaseDatabase, fixedServiceName, unreadValue] as const;

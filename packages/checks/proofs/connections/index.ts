import { browserVariable } from './browser-variable.js';
import { invalidPort } from './invalid-port.js';
import { missingPort } from './missing-port.js';
import { missingService } from './missing-service.js';
import { serviceWithoutPods } from './service-without-pods.js';
import { undeclaredTargetPort } from './undeclared-target-port.js';

/** What a container is configured to connect to is there: host, port, and pods behind them. */
export const CONNECTION_PROOFS = [
  missingService,
  missingPort,
  invalidPort,
  undeclaredTargetPort,
  serviceWithoutPods,
  browserVariable,
] as const;

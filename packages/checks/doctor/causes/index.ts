import type { Causes } from './cause.js';
import { certificateCauses } from './certificates.js';
import { configurationCauses } from './configuration.js';
import { controllerCauses } from './controllers.js';
import { helmCauses } from './helm.js';
import { imageCauses } from './images.js';
import { logInCauses } from './log-ins.js';
import { networkCauses } from './network.js';
import { nodeCauses } from './nodes.js';
import { operatorCauses } from './operators.js';
import { probedCauses } from './probed.js';
import { placingCauses } from './placing.js';
import { probeCauses } from './probes.js';
import { processCauses } from './processes.js';
import { storageCauses } from './storage.js';

/** Everything that looks for causes. */
export const CAUSES: readonly Causes[] = [
  nodeCauses,
  placingCauses,
  imageCauses,
  configurationCauses,
  certificateCauses,
  storageCauses,
  processCauses,
  probeCauses,
  operatorCauses,
  probedCauses,
  logInCauses,
  networkCauses,
  controllerCauses,
  helmCauses,
];

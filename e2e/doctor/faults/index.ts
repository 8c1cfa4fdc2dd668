import type { Fault } from '../fault.js';
import { configuration } from './configuration.js';
import { controllers } from './controllers.js';
import { databases } from './databases.js';
import { healthy } from './healthy.js';
import { images } from './images.js';
import { network } from './network.js';
import { nodes } from './nodes.js';
import { pairs } from './pairs.js';
import { placing } from './placing.js';
import { probes } from './probes.js';
import { processes } from './processes.js';
import { storage } from './storage.js';
import { ways } from './ways.js';

/** All of them, by kind: those that change what everybody uses last. */
export const FAULTS: Readonly<Record<string, readonly Fault[]>> = {
  images,
  configuration,
  placing,
  storage,
  processes,
  databases,
  probes,
  network,
  controllers,
  pairs,
  healthy,
  ways,
  nodes,
};

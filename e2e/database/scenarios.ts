import { must } from '../journal.js';
import { backUpACluster } from './cluster-backup.js';
import { crashUnderLoad, crashWhileInitialising } from './crashes.js';
import { connectToAnExternalDatabase } from './external.js';
import { growTheVolume } from './growth.js';
import { readTheMetrics } from './metrics.js';
import { moveADatabase } from './move.js';
import { loseANode } from './node-power.js';
import { operateADatabase } from './operate.js';
import { encryptADatabase } from './tls.js';
import { refuseVolumes } from './volumes.js';
import type { DatabaseScenario } from './scenario.js';

/** Everything that is tried, in an order in which the shared release is there when it is wanted. */
export const databaseScenarios: readonly DatabaseScenario[] = [
  operateADatabase,
  encryptADatabase,
  moveADatabase,
  crashUnderLoad,
  loseANode,
  readTheMetrics,
  growTheVolume,
  refuseVolumes,
  crashWhileInitialising,
  connectToAnExternalDatabase,
  backUpACluster,
];

/** The scenarios of these names, or all. @throws Error that lists the names there are */
export function databaseScenariosNamed(names: readonly string[]): readonly DatabaseScenario[] {
  for (const name of names) {
    must(
      databaseScenarios.some((scenario) => scenario.name === name),
      `there is no scenario "${name}"; there are: ${databaseScenarios.map((scenario) => scenario.name).join(', ')}`,
    );
  }
  return names.length === 0
    ? databaseScenarios
    : databaseScenarios.filter(({ name }) => names.includes(name));
}

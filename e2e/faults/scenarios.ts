import { clusterScenarios } from './cluster.js';
import { databaseScenarios } from './database.js';
import { fullDisk } from './full-disk.js';
import { moveScenarios } from './move.js';
import { plannedScenarios } from './planned.js';
import { replicaScenarios } from './replica.js';
import type { Scenario } from './scenario.js';

/** Everything that is tried, in the order in which it is tried. */
export const scenarios: readonly Scenario[] = [
  ...plannedScenarios,
  ...replicaScenarios,
  ...databaseScenarios,
  fullDisk,
  ...moveScenarios,
  ...clusterScenarios,
];

/** The scenarios with these names, or all. @throws Error that lists the names there are */
export function scenariosNamed(names: readonly string[]): readonly Scenario[] {
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown !== undefined) {
    throw new Error(
      `There is no scenario "${unknown}". There are: ${scenarios.map(({ name }) => name).join(', ')}`,
    );
  }
  return names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name));
}

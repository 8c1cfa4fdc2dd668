import { configuredContainers } from '../../model/containers.js';
import { keepsContract, type VariableName } from '../../model/variable-names.js';
import { type TimeLine, timeLine, timeProof } from './time-line.js';

/** What a migration of a large table may take at a start. */
const MIGRATION_SECONDS = 120;
/** Who has it has a database. */
const DATABASE: VariableName = 'DB_HOST';

/** The start probe waits for as long as a start with a migration takes. */
export const startupTime = timeProof({
  id: 'CAFE042',
  severity: 'risk',
  title: 'The start probe is shorter than a start with a migration',
  why: 'The pod is killed during its first start with a migration, and begins it again, each time from the beginning.',
  lines: (cluster) =>
    configuredContainers(cluster).flatMap(({ workload, list, container, variables }): TimeLine[] => {
      const { startupProbe: probe } = container;
      if (list !== 'containers' || !probe || !variables.has(DATABASE) || !keepsContract(variables)) {
        return [];
      }
      const budget = probe.initialDelaySeconds + probe.periodSeconds * probe.failureThreshold;
      const threshold = Math.ceil(MIGRATION_SECONDS / probe.periodSeconds);
      return [
        timeLine(
          workload,
          `start: ${probe.periodSeconds} s × ${probe.failureThreshold} = ${budget} s ≥ migration ${MIGRATION_SECONDS} s`,
          budget >= MIGRATION_SECONDS,
          `${workload.podPath}.containers[${container.name}].startupProbe.failureThreshold`,
          {
            found: `${probe.periodSeconds} s × ${probe.failureThreshold} = ${budget} s`,
            expected: `at least ${MIGRATION_SECONDS} s, because this container has a database and may migrate it; a start that is killed in between begins anew, for ever`,
            likely: String(threshold),
            change: `set failureThreshold to ${threshold} or more`,
          },
        ),
      ];
    }),
});

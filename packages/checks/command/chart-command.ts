import type { ParseArgsConfig } from 'node:util';
import { readChart } from '../charts/chart.js';
import { checkChart } from '../charts/check-chart.js';
import type { Outcome, Surroundings } from './command.js';
import { parseWords, REPORT_HELP, REPORT_OPTIONS, reporting } from './report-options.js';

const HELP = `Proves that a Helm chart works under every name and value. Helm renders it; no cluster is asked.

  cafe check chart CHART [--against OLD] [options]

  CHART                   its folder, its .tgz, or its address (oci://…)
  --against OLD           an older version of it, in the same forms: what an upgrade cannot change, renames, deletes or
                          makes anew
  -f, --values FILE       values to render with, as in helm; may be given several times
  -n, --namespace NAME    the namespace of the releases (default: somewhere)
${REPORT_HELP}

It is rendered under a short name, the longest ones, one that contains the chart's, one that begins with a digit and one
that is a number; with each switch of values.yaml turned, each number one more, each text like a number; twice; and as
two releases of one namespace. A finding says with which of it it happens.

Exit status: 0 nothing found of the level of --fail-on, 1 findings, 2 could not look.`;

const OPTIONS = {
  against: { type: 'string' },
  values: { type: 'string', short: 'f', multiple: true, default: [] },
  namespace: { type: 'string', short: 'n' },
  ...REPORT_OPTIONS,
} as const satisfies ParseArgsConfig['options'];

/**
 * `cafe check chart`.
 *
 * @param words - the arguments behind `chart`
 * @throws Error when it could not look, with the reason
 */
export async function chartCommand(
  words: readonly string[],
  progress: Surroundings['progress'],
): Promise<Outcome> {
  const { values, positionals } = parseWords('check chart', words, OPTIONS);
  if (values.help) return { status: 0, output: HELP };
  const { configuration, conclude } = reporting(values);
  const [title, ...others] = positionals;
  if (title === undefined || others.length > 0) {
    throw new Error(
      `name one chart: cafe check chart CHART${others.length > 0 ? ` [--against ${others[0] ?? ''}]` : ''}`,
    );
  }
  const chart = readChart(title);
  const older = values.against === undefined ? undefined : readChart(values.against);
  try {
    const report = await checkChart(chart, {
      valueFiles: values.values,
      older,
      namespace: values.namespace ?? configuration.namespace,
      makes: configuration.makes,
      progress,
    });
    return conclude(report);
  } finally {
    chart.remove();
    older?.remove();
  }
}

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { balanceSchema } from '../load/ledger.js';
import type { Outcome } from './outcome.js';
import { type ReportedScenario, toMarkdown } from './report.js';
import { scenarios } from './scenarios.js';

/** The page, and beside it what it is made from: for each scenario its outcomes and the plot of the last one. */
const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../docs/reliability', import.meta.url));

const outcome = z.object({
  name: z.string(),
  title: z.string(),
  kind: z.enum(['planned', 'replica', 'database']),
  requests: z.number(),
  failedRequests: z.number(),
  clicks: z.number(),
  failedClicks: z.number(),
  retriedClicks: z.number(),
  worstClick: z.number(),
  p99Click: z.number(),
  worstSaid: z.number(),
  recovery: z.number(),
  noticed: z.number().optional(),
  firstOrder: z.union([z.number(), z.literal('never')]).optional(),
  staleBoard: z.number(),
  restarts: z.array(z.string()),
  balance: balanceSchema,
  alerts: z
    .array(
      z.object({
        name: z.string(),
        severity: z.string(),
        window: z.string(),
        pendingAfter: z.number().optional(),
        firingAfter: z.number().optional(),
      }),
    )
    .optional(),
  reasons: z.array(z.string()),
  violations: z.array(z.string()),
  late: z.array(z.string()).default([]),
});
const recordedScenario = z.object({ environment: z.string(), runs: z.array(outcome).min(1) });
type RecordedScenario = z.output<typeof recordedScenario>;

/** What else the same was done to. */
export type Variant = (typeof VARIANTS)[number];
const VARIANTS = ['gateway', 'naive'] as const;

/** What is done once more is recorded anew; everything else stays as it was. */
export function record(
  runs: readonly Outcome[],
  {
    environment,
    plot,
    variant,
  }: { readonly environment: string; readonly plot: string; readonly variant: Variant | undefined },
): void {
  const name = fileName(runs[0]?.name ?? '', variant);
  mkdirSync(FOLDER, { recursive: true });
  removeForgotten();
  writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify({ environment, runs }, undefined, 2)}\n`);
  // The page has no plots of what it only compares.
  if (variant === undefined) writeFileSync(join(FOLDER, `${name}.svg`), plot);
  writeFileSync(PAGE, renderPage(readFileSync(PAGE, 'utf8')));
}

/** The page with its generated part made anew from what is recorded. */
export function renderPage(page: string): string {
  const of = (variant?: Variant): readonly (RecordedScenario & ReportedScenario)[] =>
    scenarios.flatMap((scenario) => {
      const path = join(FOLDER, `${fileName(scenario.name, variant)}.json`);
      return existsSync(path)
        ? [{ ...scenario, ...recordedScenario.parse(JSON.parse(readFileSync(path, 'utf8'))) }]
        : [];
    });
  const [ours, gateway, naive] = [of(), of('gateway'), of('naive')];
  const report = toMarkdown({
    environments: [...new Set([...ours, ...gateway, ...naive].map(({ environment }) => environment))],
    scenarios: ours,
    gateway,
    naive,
  });
  return page.replace(
    /<!-- results -->[^]*<!-- \/results -->/,
    () => `<!-- results -->\n\n${report}\n\n<!-- /results -->`,
  );
}

/** What was recorded of scenarios that are no more. */
function removeForgotten(): void {
  const known = new Set(
    scenarios.flatMap(({ name }) => [undefined, ...VARIANTS].map((variant) => fileName(name, variant))),
  );
  for (const file of readdirSync(FOLDER)) if (!known.has(parse(file).name)) rmSync(join(FOLDER, file));
}

const fileName = (name: string, variant: Variant | undefined): string =>
  variant === undefined ? name : `${name}-${variant}`;

import { WAIVE } from '@cafe-lumiere/contract';
import { check, type Report } from '../check.js';
import { type Finding, isAtLeast, type WaivedFinding } from '../model/finding.js';
import { type Manifest, titleOf } from '../model/manifest.js';
import type { CheckOptions } from '../proofs/proof.js';
import { Causes } from './causes.js';
import type { Chart } from './chart.js';
import { type ChartProof, isHook } from './chart-proof.js';
import { CHART_PROOFS } from './index.js';
import { type Rendering, renderChartVaried, type RenderingOptions, type Renderings } from './renderings.js';
import type { Variation } from './variations.js';

/** What a chart is checked with. */
export interface ChartCheckOptions extends RenderingOptions {
  /** What controllers make, besides what the checks know of well-known ones. @default - nothing */
  readonly makes?: CheckOptions['makes'];
}

/** What a text like a number may break: a value that has to be a text, where anybody may write one. */
const ANY_TEXT = /(?:[lL]abels|annotations|[dD]ata|nodeSelector)[.[]|\benv\b.*\.value$|\b(?:args|command)\b/;
/**
 * Every proof over a chart's renderings, and those about the chart itself. What the plain installation shows is said without
 * more; what only another name or value shows says so.
 *
 * @throws Error when Helm is not here, or cannot render the chart with the user's values
 */
export async function checkChart(chart: Chart, options: ChartCheckOptions = {}): Promise<Report> {
  const renderings = await renderChartVaried(chart, options);
  const found = new Causes(chart);
  const base = reportOn(chart, renderings.base, options);
  found.add(base.findings, renderings.base);
  for (const rendering of renderings.varied) {
    const { variation } = rendering;
    found.add(
      reportOn(chart, rendering, options)
        .findings.filter((finding) => counts(variation, finding))
        .map((finding) => ({
          ...finding,
          severity: isAtLeast(finding.severity, variation.worst) ? variation.worst : finding.severity,
          when: variation.title,
        })),
      rendering,
    );
  }
  for (const [older, newer] of renderings.upgrades) found.add(refusedUpgrades(older, newer), newer);
  const waived = new Map<string, WaivedFinding>();
  for (const { id, severity: usual = 'broken', problems } of CHART_PROOFS as readonly ChartProof[]) {
    for (const { manifest, rendering = renderings.base, problem } of problems(renderings)) {
      const { severity = usual, ...rest } = problem;
      const finding: Finding = {
        id,
        severity,
        object: manifest ? titleOf(manifest) : `chart ${chart.name}`,
        ...rest,
      };
      const reason = manifest?.annotations[`${WAIVE}${id}`]?.trim();
      if (reason)
        waived.set(`${id} ${manifest?.template ?? finding.object}`, { finding, by: finding.object, reason });
      else found.add([finding], rendering, manifest);
    }
  }
  return {
    ...base,
    findings: found.findings(),
    waived: [...base.waived, ...waived.values()],
    proven: [...proven(renderings, base)],
  };
}

function reportOn(chart: Chart, rendering: Rendering, { makes }: ChartCheckOptions): Report {
  const { name, files, values } = chart;
  const { manifests, unreadable, variation } = rendering;
  return check([], {
    unreadable,
    makes,
    releases: [{ name: variation.release, chart: name, files, values, manifests, rendered: true }],
  });
}

function counts({ counts: counted }: Variation, { id, severity, field }: Finding): boolean {
  if (counted === 'everything') return severity !== 'advice';
  if (counted === 'broken') return severity === 'broken';
  return (id === 'CAFE100' || id === 'CAFE102') && ANY_TEXT.test(field);
}

/** Fields that the API server lets nobody change, between two versions. */
function refusedUpgrades(older: Rendering, newer: Rendering): Finding[] {
  const lasting = ({ manifests }: Rendering): Manifest[] => manifests.filter((each) => !isHook(each));
  const { findings } = check(lasting(newer), {
    previous: lasting(older),
    previousName: older.manifests[0]?.source,
  });
  return findings
    .filter(({ id }) => id === 'CAFE105')
    .map((finding) => ({ ...finding, when: `an upgrade of ${newer.variation.title}` }));
}

function* proven({ chart, count, refused, upgrades }: Renderings, base: Report): Generator<string> {
  yield* base.proven;
  const [older] = upgrades[0] ?? [];
  yield `${count} renderings of ${chart.name} ${chart.version}, under other names and values${older?.manifests[0] ? `, and after ${older.manifests[0].source}` : ''}`;
  if (refused.length > 0) {
    yield `${refused.length} of them the chart itself refuses, such as ${refused[0]?.variation.title ?? ''}`;
  }
}

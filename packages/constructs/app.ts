import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { App as Cdk8sApp, Names, Yaml } from 'cdk8s';
import { parse } from 'yaml';
import { parsePostgresqlValues, postgresqlObjects } from '@cafe-lumiere/postgresql';
import { check } from '@cafe-lumiere/checks';
import { type Finding, findingText } from '@cafe-lumiere/checks';
import { toManifests } from '@cafe-lumiere/checks';
import type { Release } from '@cafe-lumiere/checks';
import { HelmChart } from './helm-chart.js';

/** A cdk8s App that also writes the Helm charts of its constructs, and writes nothing that cannot work. */
export class App extends Cdk8sApp {
  constructor() {
    super({ outputFileExtension: '.yaml' });
  }

  /**
   * Renders everything, proves it, then writes the manifests and, below `helm/`, the charts.
   *
   * @throws UnprovenError with every finding; then nothing has been written
   */
  override synth(): void {
    // Each chart is rendered once; rendering runs the constructs' own validations.
    const files = this.charts.map((chart) => {
      const objects: readonly unknown[] = chart.toJson();
      const { namespace } = chart;
      return { name: `${Names.toDnsLabel(chart)}${this.outputFileExtension}`, namespace, objects };
    });
    const helmCharts = HelmChart.within(this);
    const manifests = files.flatMap(({ name, objects }) => toManifests(objects, name));
    const namespace = files.find((file) => file.namespace !== undefined)?.namespace ?? 'default';
    const releases = helmCharts.map((chart): Release => {
      const content = chart.files();
      const values: unknown = parse(content.get('values.yaml') ?? '{}');
      return {
        name: chart.release,
        chart: chart.chartName,
        files: content,
        values,
        // Without Helm: a synth must not depend on what is installed, nor take the time.
        manifests: toManifests(
          postgresqlObjects({ release: chart.release, namespace, values: parsePostgresqlValues(values) }),
          `the release ${chart.release} (by the chart's naming rule)`,
        ),
        rendered: false,
      };
    });
    const { findings } = check(manifests, { releases });
    if (findings.length > 0) throw new UnprovenError(findings, this.outdir);
    mkdirSync(this.outdir, { recursive: true });
    for (const { name, objects } of files) Yaml.save(join(this.outdir, name), [...objects]);
    for (const chart of helmCharts) chart.write(this.outdir);
  }
}

/** What cannot work, each with the change that mends it. */
export class UnprovenError extends Error {
  constructor(
    readonly findings: readonly Finding[],
    outdir: string,
  ) {
    const things = findings.length === 1 ? '1 thing' : `${findings.length} things`;
    super(
      [
        `${things} cannot work, so nothing was written to ${outdir}:`,
        ...findings.flatMap((finding) => ['', findingText(finding)]),
        '',
        `cdk8s-cli deleted ${outdir} before this program ran: nobody can apply what is not proven. The committed`,
        `manifests come back with "git restore ${outdir}". docs/checks.md says more about each id.`,
      ].join('\n'),
    );
    this.name = 'UnprovenError';
  }
}

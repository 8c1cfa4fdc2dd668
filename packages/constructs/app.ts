import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App as Cdk8sApp, Names } from 'cdk8s';
import { parse } from 'yaml';
import {
  check,
  type Finding,
  findingText,
  isRecord,
  type Manifest,
  type Release,
  toDocuments,
} from '@cafe-lumiere/checks';
import { HelmChart } from './helm-chart.js';
import { manifestYaml } from './manifest-yaml.js';

/** Where an App writes. */
export interface AppProps {
  /** @default - what cdk8s-cli says (`CDK8S_OUTDIR`), else `dist` */
  readonly outdir?: string;
}

/** A cdk8s App that also writes the Helm charts of its constructs, and writes nothing that cannot work. */
export class App extends Cdk8sApp {
  constructor(props: AppProps = {}) {
    super({ outputFileExtension: '.yaml', ...props });
  }

  /**
   * Renders everything, proves it, then writes the manifests and, below `helm/`, the charts.
   *
   * @throws UnprovenError with every finding; then nothing has been written
   */
  override synth(): void {
    App.synthAll([this]);
  }

  /**
   * Synthesizes several, such as an environment each: all are proven before the first of them is written.
   *
   * @throws UnprovenError with every finding of the first that has one; then nothing has been written
   */
  static synthAll(apps: readonly App[]): void {
    const written = apps.map((app) => {
      const { files, helmCharts, findings } = app.proven();
      if (findings.length > 0) throw new UnprovenError(findings, app.outdir);
      return { outdir: app.outdir, files, helmCharts };
    });
    for (const { outdir, files, helmCharts } of written) {
      mkdirSync(outdir, { recursive: true });
      for (const { name, objects } of files) writeFileSync(join(outdir, name), manifestYaml(objects));
      for (const { chart, release } of helmCharts) chart.write(outdir, release.files);
    }
  }

  /** Everything that a synth writes, and what the checks say about it. Nothing is written. */
  proven(): Proven {
    // Each chart is rendered once; rendering runs the constructs' own validations.
    const files = this.charts.map((chart) => ({
      name: `${Names.toDnsLabel(chart)}${this.outputFileExtension}`,
      objects: chart.toJson() as readonly unknown[],
    }));
    const helmCharts = HelmChart.within(this).map((chart) => ({ chart, release: releaseOf(chart) }));
    const manifests = files.flatMap(({ name, objects }) => manifestsOf(objects, name));
    const releases = helmCharts.map(({ release }) => release);
    const { findings } = check(manifests, { releases });
    const all = [...manifests, ...releases.flatMap((release) => release.manifests)];
    return { files, helmCharts, findings, manifests: all };
  }
}

/** What a synth comes to. */
export interface Proven {
  /** The manifests, a file a chart. */
  readonly files: readonly { readonly name: string; readonly objects: readonly unknown[] }[];
  /** Each with the release that the checks know it as. */
  readonly helmCharts: readonly { readonly chart: HelmChart; readonly release: Release }[];
  readonly findings: readonly Finding[];
  /** All objects together, those of the charts' releases as well. */
  readonly manifests: readonly Manifest[];
}

function releaseOf(chart: HelmChart): Release {
  const files = chart.files();
  const about: unknown = parse(files.get('Chart.yaml') ?? '{}');
  return {
    name: chart.release,
    chart: isRecord(about) ? String(about['name']) : chart.folder,
    files,
    values: chart.values(files),
    manifests: manifestsOf(chart.objects(), `the release ${chart.release} (by the chart's naming rule)`),
    rendered: false,
  };
}

const manifestsOf = (objects: readonly unknown[], source: string): Manifest[] =>
  objects.flatMap((object) =>
    toDocuments(object, source).flatMap((document) => ('manifest' in document ? [document.manifest] : [])),
  );

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

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { Chart } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { parse } from 'yaml';
import { checkDnsLabel } from './names.js';

/** What a chart is made of. */
export interface HelmChartProps {
  /** The chart's folder below `helm/` in the output. */
  readonly folder: string;
  /** The release that it is installed as, in the namespace of the manifests. */
  readonly release: string;
  /** Content by relative path. Asked when the output is written, because clients are declared after the chart. */
  readonly files: () => ReadonlyMap<string, string>;
  /**
   * What others rely on of the release: its Services, workloads and policies. The checks read it where there is no Helm,
   * because a synth must not depend on what is installed, nor take the time.
   */
  readonly objects: () => readonly unknown[];
  /**
   * What its values.yaml says, from whoever has it as an object.
   * @default - read from the file, which takes longer than to prove something of it
   */
  readonly values?: () => unknown;
}

/** The file beside Chart.yaml that says what release the chart is for, for `cafe check`. */
const RELEASE_FILE = 'release.json';

/**
 * A Helm chart beside the manifests. It lies in a folder below the output, never at its top level: `kubectl apply -f`
 * reads every .yaml and .json there, and a values file is no manifest.
 */
export class HelmChart extends Construct {
  readonly folder: string;
  readonly release: string;
  readonly namespace: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: HelmChartProps,
  ) {
    super(scope, id);
    this.folder = checkDnsLabel(this.node.path, props.folder);
    this.release = checkDnsLabel(this.node.path, props.release);
    this.namespace = Chart.of(this).namespace ?? 'default';
  }

  /**
   * Every chart below this construct.
   *
   * @throws Error when two of them have one folder, or one release in a namespace
   */
  static within(scope: IConstruct): HelmChart[] {
    const charts = scope.node.findAll().filter((construct) => construct instanceof HelmChart);
    const places = new Map<string, HelmChart>();
    for (const chart of charts) {
      const { folder, release, namespace } = chart;
      for (const [place, change] of [
        [`the folder helm/${folder}`, `a folder of its own, such as folder: '${release}'`],
        [`the release ${release} in the namespace ${namespace}`, 'a release of its own'],
      ] as const) {
        const other = places.get(place);
        if (other) {
          throw new Error(
            `${chart.node.path}: ${place} is that of ${other.node.path}, too. Give one of them ${change}.`,
          );
        }
        places.set(place, chart);
      }
    }
    return charts;
  }

  /** The chart's files, by path relative to the chart. @throws Error for a path that leaves the chart's folder */
  files(): ReadonlyMap<string, string> {
    const files = this.props.files();
    for (const path of files.keys()) {
      if (normalize(path) !== path || path.startsWith('..') || path.startsWith('/')) {
        throw new Error(`${this.node.path}: the chart file "${path}" is not a plain path inside the chart.`);
      }
    }
    return files;
  }

  /** What values.yaml says. @param files - as for {@link write} */
  values(files = this.files()): unknown {
    return this.props.values?.() ?? (parse(files.get('values.yaml') ?? '{}') as unknown);
  }

  /** What others rely on of the release. */
  objects(): readonly unknown[] {
    return this.props.objects();
  }

  /** Writes the chart to its folder below `helm/`. @param files - what {@link files} gave, which takes a while to make */
  write(outdir: string, files = this.files()): void {
    const { release, namespace } = this;
    const note = JSON.stringify({ release, namespace, objects: this.objects() }, undefined, 2);
    const folder = join(outdir, 'helm', this.folder);
    for (const path of new Set([RELEASE_FILE, ...files.keys()].map(dirname)))
      mkdirSync(join(folder, path), { recursive: true });
    for (const [path, content] of files) writeFileSync(join(folder, path), content);
    writeFileSync(join(folder, RELEASE_FILE), `${note}\n`);
  }
}

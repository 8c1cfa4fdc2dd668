import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { Construct, type IConstruct } from 'constructs';
import { checkDnsLabel } from './names.js';

/** What a chart is made of. */
export interface HelmChartProps {
  /** The chart's name, and its folder below `helm/` in the output. */
  readonly name: string;
  /** The release that it is installed as, in the namespace of the manifests. */
  readonly release: string;
  /** Content by relative path. Asked when the output is written, because clients are declared after the chart. */
  readonly files: () => ReadonlyMap<string, string>;
}

/**
 * A Helm chart beside the manifests. It lies in a folder below the output, never at its top level: `kubectl apply -f`
 * reads every .yaml and .json there, and a values file is no manifest.
 */
export class HelmChart extends Construct {
  readonly chartName: string;
  readonly release: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: HelmChartProps,
  ) {
    super(scope, id);
    this.chartName = checkDnsLabel(this.node.path, props.name);
    this.release = checkDnsLabel(this.node.path, props.release);
  }

  /** Every chart below this construct. */
  static within(scope: IConstruct): HelmChart[] {
    return scope.node.findAll().filter((construct) => construct instanceof HelmChart);
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

  /** Writes the chart to `helm/<name>` below a folder. */
  write(outdir: string): void {
    for (const [path, content] of this.files()) {
      const target = join(outdir, 'helm', this.chartName, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
  }
}

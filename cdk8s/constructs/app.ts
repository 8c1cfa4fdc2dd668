import { App as Cdk8sApp } from 'cdk8s';
import { HelmChart } from './helm-chart.js';

/** A cdk8s App that also writes the Helm charts of its constructs. */
export class App extends Cdk8sApp {
  constructor() {
    super({ outputFileExtension: '.yaml' });
  }

  /** Validates everything, then writes the manifests and, below `helm/`, the charts. */
  override synth(): void {
    const charts = HelmChart.within(this);
    // Rendered before anything is written: a chart that cannot be made must not leave half an output behind.
    for (const chart of charts) chart.files();
    super.synth();
    for (const chart of charts) chart.write(this.outdir);
  }
}

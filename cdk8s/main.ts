import { join } from 'node:path';
import { App, UnprovenError } from '@cafe-lumiere/constructs';
import { digestOf, imageOf } from '../images/image-lock.js';
import { Cafe } from './cafe.js';
import { DEFAULT_ENVIRONMENT, environments } from './environments.js';

// Each environment into a folder of its own below that of the default: dist/production beside dist/deployments.yaml.

const { outdir } = new App();
const images = imageOf();
const digests = digestOf();
const apps = Object.entries(environments).map(([name, environment]) => {
  const app = new App({ outdir: name === DEFAULT_ENVIRONMENT ? outdir : join(outdir, name) });
  new Cafe(app, 'deployments', { environment, imageOf: images, digestOf: digests });
  return app;
});
try {
  App.synthAll(apps);
} catch (error) {
  if (!(error instanceof UnprovenError)) throw error;
  console.error(`\n${error.message}\n`);
  process.exitCode = 1;
}

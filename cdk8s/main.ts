import { App, UnprovenError } from '@cafe-lumiere/constructs';
import { imageOf } from '../images/image-lock.js';
import { Cafe } from './cafe.js';
import { environmentNamed } from './environments.js';

const app = new App();
new Cafe(app, 'deployments', { environment: environmentNamed(process.argv[2]), imageOf: imageOf() });
try {
  app.synth();
} catch (error) {
  if (!(error instanceof UnprovenError)) throw error;
  console.error(`\n${error.message}\n`);
  process.exitCode = 1;
}

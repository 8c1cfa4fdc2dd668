import { App } from '@cafe-lumiere/constructs';
import { imageOf } from '../images/image-lock.js';
import { Cafe } from '../cdk8s/cafe.js';
import { environmentNamed } from '../cdk8s/environments.js';

// What `make bench-synth` measures beside the whole of it: the café with one environment, as a program has that begins.

const app = new App();
new Cafe(app, 'deployments', { environment: environmentNamed(), imageOf: imageOf() });
app.synth();

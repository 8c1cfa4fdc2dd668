import { readImages } from '../images/image-lock.js';
import { Cafe } from './cafe.js';
import { App } from './constructs/app.js';
import { environmentNamed } from './environments.js';

const app = new App();
new Cafe(app, 'deployments', { environment: environmentNamed(process.argv[2]), images: readImages() });
app.synth();

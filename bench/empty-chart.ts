import { App, Chart } from 'cdk8s';

// What `make bench-synth` compares with: the least that a cdk8s program can be.

const app = new App();
new Chart(app, 'empty');
app.synth();

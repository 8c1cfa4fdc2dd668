import { findingText } from '@cafe-lumiere/checks';
import { App } from '@cafe-lumiere/constructs';
import { expect, test } from '@jest/globals';
import { Cafe } from './cafe.js';
import { environments } from './environments.js';

test.each(Object.entries(environments))(
  'the café in the environment %s has no finding',
  (_name, environment) => {
    const app = new App();
    new Cafe(app, 'deployments', {
      environment,
      imageOf: (service) => `registry.example.com/${service}:1.0.0`,
    });
    expect(app.proven().findings.map(findingText)).toEqual([]);
  },
);

import { findingText } from '@cafe-lumiere/checks';
import { App } from '@cafe-lumiere/constructs';
import { expect, test } from '@jest/globals';
import { Cafe } from './cafe.js';
import { type Environment, environmentNamed, environments } from './environments.js';

/** As `kubeseal` writes it: a length, so many bytes that RSA has encrypted, and the text by AES-GCM. */
const SEALED = Buffer.concat([Buffer.from([0x02, 0x00]), Buffer.alloc(542)]).toString('base64');

/** What an environment may say besides. */
const declared: Readonly<Record<string, Environment>> = {
  'production, with a collector of traces': {
    ...environmentNamed('production'),
    traces: {
      endpoint: 'http://collector.monitoring:4318',
      at: { name: 'collector', namespace: 'monitoring', podLabels: { app: 'collector' } },
    },
  },
  'production, with its Secrets in git': {
    ...environmentNamed('production'),
    secrets: {
      'cafe-secrets': {
        external: {
          store: { kind: 'ClusterSecretStore', name: 'vault' },
          keys: { DB_PASSWORD: { key: 'cafe/database', property: 'password' } },
        },
      },
      'cafe-staff': { sealed: { STAFF_PASSWORD: SEALED, STAFF_SIGNING_KEY: SEALED } },
    },
  },
};

test.each(Object.entries({ ...environments, ...declared }))(
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

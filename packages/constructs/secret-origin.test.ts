import { readFileSync } from 'node:fs';
import { findingText } from '@cafe-lumiere/checks';
import { declareService, secret } from '@cafe-lumiere/contract';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { Chart } from 'cdk8s';
import { z } from 'zod';
import { App } from './app.js';
import { Configuration } from './configuration.js';
import { ProbedService } from './probed-service.js';
import { OriginatedSecret, type SecretOrigin } from './secret-origin.js';
import { only, synthesized } from './synthesized.js';

const schemas = z
  .looseObject({ ExternalSecret: z.looseObject({}), SealedSecret: z.looseObject({}) })
  .parse(JSON.parse(readFileSync(new URL('fixtures/secret-operators.json', import.meta.url), 'utf8')));

/** As `kubeseal` writes it: a length, so many bytes that RSA has encrypted, and the text by AES-GCM. */
const SEALED = Buffer.concat([Buffer.from([0x02, 0x00]), Buffer.alloc(512, 7), Buffer.alloc(30, 9)]).toString(
  'base64',
);

const external = {
  external: {
    store: { kind: 'ClusterSecretStore', name: 'vault' },
    keys: { PASSWORD: { key: 'shop/database', property: 'password' } },
  },
} satisfies SecretOrigin;
const sealed = { sealed: { PASSWORD: SEALED } } satisfies SecretOrigin;

function shopWith(origin: SecretOrigin) {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const configuration = new Configuration(chart, 'it', { configMap: 'settings', secret: 'development' });
  const declaration = declareService({ name: 'shop', port: 8080, reads: { PASSWORD: secret() } });
  new ProbedService(chart, declaration, {
    image: 'shop/shop:1',
    configuration,
    secrets: { PASSWORD: { secret: 'shop-secrets' } },
  });
  new OriginatedSecret(chart, 'origin', { name: 'shop-secrets', origin });
  return { app, manifests: synthesized(chart) };
}

describe.each([
  ['ExternalSecret', external],
  ['SealedSecret', sealed],
] as const)('a secret from an %s', (kind, origin) => {
  test('is as the operator’s own schema has it', () => {
    const validate = new Ajv({ strict: false }).compile(schemas[kind]);
    const { spec } = only(shopWith(origin).manifests, kind, 'shop-secrets');
    validate(spec);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...z.looseObject({}).parse(spec), encryptedDate: {} })).toBe(false);
  });

  test('is in the namespace of who reads it, stays when it is pruned, and has no finding', () => {
    const { app, manifests } = shopWith(origin);
    expect(only(manifests, kind, 'shop-secrets').metadata).toMatchObject({
      namespace: 'shop',
      annotations: {
        'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
        'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      },
    });
    expect(app.proven().findings.map(findingText)).toEqual([]);
  });
});

test('the Secret outlives what it was made from', () => {
  expect(only(shopWith(external).manifests, 'ExternalSecret', 'shop-secrets')).toMatchObject({
    apiVersion: 'external-secrets.io/v1',
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
      target: { name: 'shop-secrets', creationPolicy: 'Orphan', deletionPolicy: 'Retain' },
      data: [{ secretKey: 'PASSWORD', remoteRef: { key: 'shop/database', property: 'password' } }],
    },
  });
  expect(only(shopWith(sealed).manifests, 'SealedSecret', 'shop-secrets')).toMatchObject({
    apiVersion: 'bitnami.com/v1alpha1',
    spec: {
      encryptedData: { PASSWORD: SEALED },
      template: {
        metadata: { annotations: { 'sealedsecrets.bitnami.com/skip-set-owner-references': 'true' } },
      },
    },
  });
});

const { store } = external.external;
const PLAIN = Buffer.from('open sesame').toString('base64');

test.each<readonly [string, SecretOrigin, string]>([
  ['no key', { sealed: {} }, 'would be empty'],
  ['a key that is none', { sealed: { 'PASS WORD': SEALED } }, 'has the key "PASS WORD"'],
  [
    'a key that nobody reads, and not the one that is',
    { sealed: { PASSWROD: SEALED } },
    'shop reads PASSWORD',
  ],
  ['a password in plain', { sealed: { PASSWORD: 'open sesame' } }, 'is not sealed'],
  ['a password in base64', { sealed: { PASSWORD: PLAIN } }, 'is not sealed'],
  ['half of a sealed one', { sealed: { PASSWORD: SEALED.slice(0, 400) } }, 'is not sealed'],
  [
    'an interval that is none',
    { external: { store, keys: { PASSWORD: { key: 'it' } }, refreshInterval: '1 hour' } },
    'refreshInterval of the Secret shop-secrets is "1 hour"',
  ],
])('with %s is refused', (_, origin, message) => {
  expect(() => shopWith(origin)).toThrow(message);
});

test('a value that is refused is not in the message', () => {
  expect(() => shopWith({ sealed: { PASSWORD: 'open sesame' } })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('sesame') }),
  );
});

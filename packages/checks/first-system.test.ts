import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { check } from './check.js';
import { readDirectory } from './command/directory.js';
import { textFiles } from './command/releases.js';
import { rendered } from './testing/chart-template.js';

// A system with the mistakes for which a reviewer would have sent it back.

const directory = fileURLToPath(new URL('fixtures/first-system', import.meta.url));
const files = new Map(textFiles(`${directory}/helm/postgresql`));
const values: unknown = parse(files.get('values.yaml') ?? '');

describe('the first system', () => {
  const chart = 'cafe-lumiere-postgresql';
  const manifests = rendered({ files, release: chart, namespace: '' });
  const release = { name: chart, chart, files, values, manifests, rendered: true };
  const { findings } = check(readDirectory(directory).manifests, { releases: [release] });
  const said = findings.map(({ id, object, field }) => `${id} ${object} ${field}`);

  test.each([
    [
      'liveness asks what readiness asks',
      'CAFE032 Deployment order-service spec.template.spec.containers[order-service].livenessProbe',
    ],
    [
      'readiness looks through another service',
      'CAFE034 Deployment kitchen-service metadata.annotations[cafe-check/readiness-reaches]',
    ],
    ['liveness, too', 'CAFE034 Deployment kitchen-service metadata.annotations[cafe-check/liveness-reaches]'],
    [
      'probes with a timeout of a second',
      'CAFE035 Deployment order-service spec.template.spec.containers[order-service].livenessProbe.timeoutSeconds',
    ],
    [
      'no start probe',
      'CAFE031 Deployment kitchen-service spec.template.spec.containers[kitchen-service].startupProbe',
    ],
    [':latest', 'CAFE086 Deployment kitchen-service spec.template.spec.containers[kitchen-service].image'],
    [
      'two copies of a password that differ',
      'CAFE093 Deployment order-service spec.template.spec.containers[order-service].envFrom[1]',
    ],
    [
      'one of them in plain text',
      `CAFE092 StatefulSet ${chart} spec.template.spec.containers[postgresql].env[POSTGRES_PASSWORD].value`,
    ],
    ['the other one in a file', 'CAFE091 Secret cafe-secrets data.DB_PASSWORD'],
    [
      'the mount without a PGDATA subdirectory',
      `CAFE024 StatefulSet ${chart} spec.template.spec.containers[postgresql].env[PGDATA]`,
    ],
    [
      'chart values that nothing reads',
      `CAFE014 chart ${chart}, release ${chart} values.yaml: metrics.enabled`,
    ],
    [
      'DB_HOST that matches by luck',
      `CAFE013 chart ${chart}, release ${chart} templates/postgresql.yaml: metadata.name`,
    ],
    [
      'a database without a probe',
      `CAFE031 StatefulSet ${chart} spec.template.spec.containers[postgresql].readinessProbe`,
    ],
    ['a Service that should be headless', `CAFE077 StatefulSet ${chart} spec.serviceName`],
    [
      'root, perhaps',
      'CAFE081 Deployment order-service spec.template.spec.containers[order-service].securityContext.runAsNonRoot',
    ],
  ])('%s', (_mistake, line) => {
    expect(said).toContain(line);
  });

  test('DB_HOST resolves, so nothing else is said about it', () => {
    expect(said.filter((line) => /CAFE00\d|CAFE011/.test(line))).toEqual([]);
  });

  test('under any other release name, everybody is told so', () => {
    const other = check(readDirectory(directory).manifests, {
      releases: [
        {
          ...release,
          manifests: manifests.map((manifest) => ({
            ...manifest,
            name: 'shop-db',
            content: { ...manifest.content },
          })),
        },
      ],
    });
    expect(
      other.findings
        .filter(({ id }) => id === 'CAFE011')
        .map(({ found, likely, also }) => [found, likely, also?.length]),
    ).toEqual([[`DB_HOST=${chart}`, 'shop-db', 1]]);
  });
});

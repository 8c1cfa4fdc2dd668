import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { chartOutline } from './chart-outline.js';
import { isRecord, type Manifest } from '@cafe-lumiere/checks';
import { readRelease, textFiles } from '@cafe-lumiere/checks';

const directory = fileURLToPath(new URL('../../dist/helm/postgresql', import.meta.url));
const values: unknown = parse(new Map(textFiles(directory)).get('values.yaml') ?? '');

/** What others rely on: names, selectors, ports, labels of the pods, the password. */
const reliedOn = (manifests: readonly Manifest[]) =>
  manifests
    .map(({ kind, name, namespace, content }) => {
      const spec = isRecord(content['spec']) ? content['spec'] : {};
      const template =
        isRecord(spec['template']) && isRecord(spec['template']['metadata'])
          ? spec['template']['metadata']
          : {};
      const data = isRecord(content['data']) ? content['data'] : {};
      return {
        id: `${kind} ${namespace}/${name}`,
        selector: spec['selector'],
        ports: spec['ports'],
        clusterIP: spec['clusterIP'],
        serviceName: spec['serviceName'],
        ingress: spec['ingress'],
        labels: template['labels'],
        password: data['password'],
      };
    })
    // Nobody outside the chart relies on what its own jobs may do.
    .filter(({ id }) => /^(?:Service|StatefulSet|Secret|NetworkPolicy) (?!.*-jobs$)/.test(id))
    .sort((left, right) => (left.id < right.id ? -1 : 1));

describe('the chart without Helm', () => {
  test.each([
    ['db', 'db-postgresql'],
    ['cafe-lumiere-postgresql', 'cafe-lumiere-postgresql'],
  ])('the release %s makes the Service %s', (release, service) => {
    const names = chartOutline(release, 'shop', values).flatMap(({ kind, name }) =>
      kind === 'Service' ? [name] : [],
    );
    expect(names).toEqual([service, `${service}-hl`]);
  });

  test('fullnameOverride wins', () => {
    const [first] = chartOutline('db', 'shop', { fullnameOverride: 'orders' });
    expect(first).toMatchObject({ kind: 'Service', name: 'orders', namespace: 'shop' });
  });

  test('is what Helm makes, as far as others rely on it', () => {
    const found = spawnSync('helm', ['version']).status === 0;
    if (!found) console.warn('helm is not on the PATH, so the outline is compared with nothing here');
    const release = readRelease({ name: 'db', directory }, 'shop');
    expect(release.rendered).toBe(found);
    expect(reliedOn(chartOutline('db', 'shop', values))).toEqual(
      reliedOn(release.manifests).map((each) => each),
    );
  });
});

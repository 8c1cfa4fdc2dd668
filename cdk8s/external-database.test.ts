import { describe, expect, test } from '@jest/globals';
import {
  App,
  type ExternalPostgresProps,
  HelmChart,
  only,
  podTemplateOf,
  synthesized,
} from '@cafe-lumiere/constructs';
import { Cafe } from './cafe.js';
import { environmentNamed } from './environments.js';

type External = Omit<ExternalPostgresProps, 'database' | 'owner'>;
const newCafe = (changes: Partial<External> = {}) =>
  new Cafe(new App(), 'deployments', {
    environment: {
      ...environmentNamed('production'),
      database: {
        mode: 'external',
        host: 'db.example.com',
        networks: ['10.20.0.0/24'],
        credentials: { existingSecret: 'cafe-secrets' },
        tls: { ca: { configMap: 'database-ca', key: 'ca.pem' } },
        ...changes,
      },
    },
    imageOf: (service) => `registry.example/${service}:1`,
  });

describe('the café with a database that somebody else runs', () => {
  test('tells its service where that is, and whom to trust', () => {
    const manifests = synthesized(newCafe());
    expect(only(manifests, 'ConfigMap', 'cafe-config')['data']).toMatchObject({
      DB_HOST: 'db.example.com',
      DB_PORT: '5432',
      DB_SSL_MODE: 'verify-full',
      DB_SSL_ROOT_CERT: '/etc/db-ca/ca.crt',
    });
    const mount = { name: 'db-ca', mountPath: '/etc/db-ca', readOnly: true };
    const fromConfigMap = (name: string): unknown =>
      expect.objectContaining({
        name,
        valueFrom: { configMapKeyRef: { name: 'cafe-config', key: name } },
      });
    const reads: unknown = expect.arrayContaining(['DB_SSL_MODE', 'DB_SSL_ROOT_CERT'].map(fromConfigMap));
    expect(podTemplateOf(only(manifests, 'Deployment', 'order-service'))).toMatchObject({
      spec: {
        volumes: [
          {
            name: 'db-ca',
            configMap: { name: 'database-ca', items: [{ key: 'ca.pem', path: 'ca.crt' }] },
          },
        ],
        initContainers: [{ name: 'wait-for-postgres', volumeMounts: [mount], env: reads }],
        containers: [{ volumeMounts: [mount], env: reads }],
      },
    });
  });

  test('takes the authority from a Secret, too, or trusts whom Node trusts', () => {
    const secret = synthesized(newCafe({ tls: { ca: { secret: 'theirs', key: 'ca' } } }));
    expect(podTemplateOf(only(secret, 'Deployment', 'order-service'))).toMatchObject({
      spec: { volumes: [{ secret: { secretName: 'theirs', items: [{ key: 'ca', path: 'ca.crt' }] } }] },
    });
    const publicly = synthesized(newCafe({ tls: {} }));
    const data = only(publicly, 'ConfigMap', 'cafe-config')['data'];
    expect(data).toMatchObject({ DB_SSL_MODE: 'verify-full' });
    expect(data).not.toHaveProperty('DB_SSL_ROOT_CERT');
  });

  test('lets it out to that network and port, and has neither a chart nor a password', () => {
    const cafe = newCafe({ port: 6432 });
    const manifests = synthesized(cafe);
    expect(JSON.stringify(only(manifests, 'NetworkPolicy', 'order-service'))).toContain(
      '{"ports":[{"port":6432,"protocol":"TCP"}],"to":[{"ipBlock":{"cidr":"10.20.0.0/24"}}]}',
    );
    expect(HelmChart.within(cafe)).toEqual([]);
    expect(manifests.map(({ kind }) => kind)).not.toContain('Secret');
  });

  test('counts its connections as well', () => {
    expect(
      newCafe({ maxConnections: 20 })
        .node.findAll()
        .flatMap(({ node }) => node.validate()),
    ).toEqual([expect.stringContaining('connections are needed')]);
  });

  test.each<[Partial<External>, string]>([
    [{ host: 'https://db.example.com' }, 'host is "https://db.example.com"; it is the name alone'],
    [{ networks: [] }, 'networks is empty'],
    [{ networks: ['10.20.0.7'] }, 'networks has "10.20.0.7"; a network is an address and the length'],
    [{ networks: ['10.20.0.0/33'] }, 'networks has "10.20.0.0/33"'],
    [{ port: 70_000 }, 'port is 70000'],
  ])('refuses %j with its reason', (changes, reason) => {
    expect(() => newCafe(changes)).toThrow(reason);
  });
});

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { App, HelmChart } from '@cafe-lumiere/constructs';
import { only, podTemplateOf, synthesized } from '@cafe-lumiere/constructs';
import { Cafe } from './cafe.js';
import { DEFAULT_ENVIRONMENT, environmentNamed, environments } from './environments.js';
import { picture } from './picture.js';

const newCafe = (environment = 'local') =>
  new Cafe(new App(), 'deployments', {
    environment: environmentNamed(environment),
    imageOf: (service) => `registry.example/${service}:1`,
  });

test('where the cluster’s DNS is, is said once, for the services and for the jobs of the database’s chart', () => {
  const cafe = new Cafe(new App(), 'deployments', {
    environment: { ...environmentNamed('local'), dns: { nodeLocal: '169.254.20.10' } },
    imageOf: (service) => `registry.example/${service}:1`,
  });
  const policy = only(synthesized(cafe), 'NetworkPolicy', 'kitchen-service');
  expect(JSON.stringify(policy)).toContain('"cidr":"169.254.20.10/32"');
  const [helm] = HelmChart.within(cafe);
  expect(helm?.files().get('values.yaml')).toContain('nodeLocal: 169.254.20.10');
});

test('PostgreSQL is what its tag was pinned to, and the tag alone where nobody pinned it', () => {
  const digest = `sha256:${'0a'.repeat(32)}`;
  const valuesWith = (digestOf?: (image: string) => string | undefined): string | undefined => {
    const imageOf = (service: string): string => `registry.example/${service}:1`;
    const environment = environmentNamed('production');
    const cafe = new Cafe(new App(), 'deployments', { environment, imageOf, ...(digestOf && { digestOf }) });
    return HelmChart.within(cafe)[0]?.files().get('values.yaml');
  };
  expect(valuesWith((image) => (image === 'postgres:17-trixie' ? digest : undefined))).toContain(
    `digest: ${digest}`,
  );
  expect(valuesWith(() => undefined)).toBe(valuesWith());
});

describe('the contract', () => {
  const manifests = synthesized(newCafe());

  test('cafe-config holds these entries and no others', () => {
    expect(only(manifests, 'ConfigMap', 'cafe-config')['data']).toEqual({
      DB_HOST: 'cafe-lumiere-postgresql',
      DB_PORT: '5432',
      DB_NAME: 'cafe_lumiere',
      DB_USER: 'cafe',
      ORDER_SERVICE_URL: 'http://order-service:5001',
      KITCHEN_SERVICE_URL: 'http://kitchen-service:5002',
    });
  });

  test('cafe-secrets holds DB_PASSWORD', () => {
    expect(only(manifests, 'Secret', 'cafe-secrets')['data']).toEqual({
      DB_PASSWORD: expect.any(String),
    });
  });

  test.each([
    ['order-service', 5001, 5001, 'ClusterIP'],
    ['kitchen-service', 5002, 5002, 'ClusterIP'],
    ['frontend', 5000, 80, 'LoadBalancer'],
  ])('%s: container %i, Service %i, %s, two pods selected by app', (name, containerPort, port, type) => {
    expect(only(manifests, 'Deployment', name)).toMatchObject({
      metadata: { namespace: 'cafe-lumiere' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            containers: [
              {
                ports: [
                  { name: 'http', containerPort },
                  { name: 'operations', containerPort: 9090 },
                ],
              },
            ],
          },
        },
      },
    });
    expect(only(manifests, 'Service', name)).toMatchObject({
      metadata: { namespace: 'cafe-lumiere' },
      spec: { type, selector: { app: name }, ports: [{ port, targetPort: 'http' }] },
    });
  });

  test('the Namespace comes first, restricted, and is itself in no namespace', () => {
    expect(manifests[0]).toMatchObject({ kind: 'Namespace', metadata: { name: 'cafe-lumiere' } });
    expect(manifests[0]).toHaveProperty(
      ['metadata', 'labels', 'pod-security.kubernetes.io/enforce'],
      'restricted',
    );
    expect(manifests[0]).not.toHaveProperty('metadata.namespace');
  });

  test('no controller takes the Namespace away with everything in it', () => {
    expect(manifests[0]?.metadata['annotations']).toEqual({
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      'helm.sh/resource-policy': 'keep',
    });
  });

  test('every object carries the label by which `make undeploy` finds it, and no name was made from a hash', () => {
    for (const { kind, metadata } of manifests) {
      expect([kind, metadata['labels']]).toEqual([
        kind,
        expect.objectContaining({ 'app.kubernetes.io/part-of': 'cafe-lumiere' }),
      ]);
      expect(metadata.name).not.toMatch(/-c8[0-9a-f]{6}/);
    }
    expect(new Set(manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).size).toBe(
      manifests.length,
    );
  });

  test('every container of every pod meets the Pod Security Standard "restricted"', () => {
    const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
    expect(deployments).toHaveLength(3);
    for (const deployment of deployments) {
      const pod = podTemplateOf(deployment).spec;
      expect(pod['securityContext']).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const container of [...pod.initContainers, ...pod.containers]) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          privileged: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
  });
});

describe('an environment', () => {
  test.each(Object.keys(environments).filter((name) => name !== 'local'))(
    '%s has no Secret and no password',
    (name) => {
      const manifests = synthesized(newCafe(name));
      expect(manifests.map(({ kind }) => kind)).not.toContain('Secret');
      expect(JSON.stringify(manifests)).not.toContain('development');
    },
  );

  test('outside local goes to its database over TLS', () => {
    const manifests = synthesized(newCafe('production'));
    const { containers } = podTemplateOf(only(manifests, 'Deployment', 'order-service')).spec;
    expect(only(manifests, 'ConfigMap', 'cafe-config')).toHaveProperty('data.DB_SSL_MODE', 'verify-full');
    expect(containers[0]?.['env']).toContainEqual(expect.objectContaining({ name: 'DB_SSL_MODE' }));
  });

  test('outside local is behind proxies that end TLS, with a staff door that is not left open', () => {
    const manifests = synthesized(newCafe('staging'));
    expect(only(manifests, 'Service', 'frontend')).toHaveProperty('spec.type', 'ClusterIP');
    expect(only(manifests, 'NetworkPolicy', 'frontend')).toHaveProperty('spec.ingress', [
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }],
        ports: [{ protocol: 'TCP', port: 5000 }],
      },
    ]);
    const deployment = only(manifests, 'Deployment', 'frontend');
    const staff = (key: string): unknown => ({
      name: key,
      valueFrom: { secretKeyRef: { name: 'cafe-staff', key } },
    });
    expect(podTemplateOf(deployment).spec.containers[0]?.['env']).toEqual(
      expect.arrayContaining([
        { name: 'GUEST_TLS', value: 'required' },
        { name: 'TRUSTED_PROXIES', value: '1' },
        staff('STAFF_PASSWORD'),
        staff('STAFF_SIGNING_KEY'),
      ]),
    );
    expect(deployment.metadata['annotations']).toMatchObject({ 'cafe-check/external': 'Secret/cafe-staff' });
  });

  test('with a Gateway has a route for its name to the frontend, and lets in its pods and who reads metrics', () => {
    const manifests = synthesized(newCafe('production'));
    expect(only(manifests, 'HTTPRoute', 'frontend')).toMatchObject({
      spec: { hostnames: ['cafe.example.com'], rules: [{ backendRefs: [{ name: 'frontend', port: 80 }] }] },
    });
    const from = (namespace: string, port: number): unknown => ({
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }],
      ports: [{ protocol: 'TCP', port }],
    });
    expect(only(manifests, 'NetworkPolicy', 'frontend')).toHaveProperty('spec.ingress', [
      from('monitoring', 9090),
      from('traefik', 5000),
    ]);
  });

  test('with an autoscaler writes no replicas, and has a budget of connections for the most pods', () => {
    const manifests = synthesized(newCafe('production'));
    for (const name of ['order-service', 'kitchen-service', 'frontend']) {
      expect(only(manifests, 'Deployment', name)).not.toHaveProperty('spec.replicas');
      expect(only(manifests, 'HorizontalPodAutoscaler', name)).toHaveProperty('spec.maxReplicas', 5);
    }
  });

  test('that nobody wrote is refused with those that are there', () => {
    expect(() => environmentNamed('prod')).toThrow(
      'There is no environment "prod"; cdk8s/environments.ts has: local, staging, production.',
    );
  });
});

test('README and docs/topology.svg show what is in dist; `make picture` draws them', () => {
  const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const drawn = picture();
  expect(/```mermaid\n(.*?)\n```/s.exec(read('README.md'))?.[1]).toBe(drawn.mermaid);
  expect(read('docs/topology.svg')).toBe(drawn.svg);
});

/** What `npx cdk8s synth` runs: see cdk8s.yaml. */
const PROGRAM = [process.execPath, 'cdk8s/run.js', 'cdk8s/main.ts'] as const;

describe('npx cdk8s synth', () => {
  let directory: string;
  /** Runs a command that writes into a folder of this name. */
  const written = async (name: string, command: string, ...words: readonly string[]): Promise<string> => {
    const output = join(directory, name);
    await promisify(execFile)(command, words, {
      env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false', CDK8S_OUTDIR: output },
    });
    return output;
  };
  const filesIn = async (folder: string): Promise<Record<string, string>> => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const contents = files
      .sort()
      .map(async (file) => [file.slice(folder.length), await readFile(file, 'utf8')] as const);
    return Object.fromEntries(await Promise.all(contents));
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cafe-synth-'));
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  test('writes the same bytes in two fresh processes, and only manifests at the top', async () => {
    const byCommand = await written('first', 'npx', 'cdk8s', 'synth', '--output', join(directory, 'first'));
    const [first, second] = [await filesIn(byCommand), await filesIn(await written('second', ...PROGRAM))];
    expect(second).toEqual(first);
    // kubectl apply -f reads every .yaml, .yml and .json at the top level, and nothing below.
    const top = Object.keys(first).filter((path) => path.lastIndexOf('/') === 0);
    expect(top).toEqual(['/deployments.yaml']);
    // Flux leaves out what is in a folder below dist, and the default's chart is in helm.
    const environmentFiles = Object.keys(first).filter((path) => path.endsWith('/deployments.yaml'));
    expect(environmentFiles.sort()).toEqual(
      Object.keys(environments)
        .map((name) => (name === DEFAULT_ENVIRONMENT ? '/deployments.yaml' : `/${name}/deployments.yaml`))
        .sort(),
    );
    for (const document of parseAllDocuments(first['/deployments.yaml'] ?? '')) {
      expect(document.toJS()).toMatchObject({ apiVersion: expect.any(String), kind: expect.any(String) });
    }
    expect(Object.keys(first)).toEqual(
      expect.arrayContaining(
        ['Chart.yaml', 'README.md', 'values.schema.json', 'values.yaml'].map(
          (file) => `/helm/postgresql/${file}`,
        ),
      ),
    );
  });
});

import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ChartFolder, helmFound, type RenderedObject } from './chart-fixture.js';

const container = z.looseObject({ name: z.string(), env: z.array(z.unknown()) });
const podSpec = z.looseObject({
  securityContext: z.unknown(),
  automountServiceAccountToken: z.boolean(),
  containers: z.array(container),
});

(helmFound ? describe : describe.skip)('what runs beside the server, with the real Helm', () => {
  let chart: ChartFolder;
  beforeAll(() => {
    chart = new ChartFolder({ auth: { password: 'open' } });
  });
  afterAll(() => {
    chart.remove();
  });
  const find = (kind: string, name: string, ...words: readonly string[]) =>
    chart.objects('shop', ...words).find((object) => object.kind === kind && object.metadata.name === name);

  /** Every pod of the chart but the server's. */
  const pods = (...words: readonly string[]) =>
    chart.objects('shop', ...words).flatMap((object) => {
      const template = z.object({
        metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
        spec: podSpec,
      });
      if (object.kind === 'Pod') return [{ name: object.metadata.name, ...template.parse(object) }];
      if (object.kind === 'Job') {
        const job = z.looseObject({ template }).parse(object.spec);
        return [{ name: object.metadata.name, ...job.template }];
      }
      if (object.kind !== 'CronJob') return [];
      const { jobTemplate } = z
        .object({ jobTemplate: z.object({ spec: z.looseObject({ template }) }) })
        .parse(object.spec);
      return [{ name: object.metadata.name, ...jobTemplate.spec.template }];
    });
  const ON = ['--set', 'backup.enabled=true'];

  test('helm test is one pod, which stays until the next so that its log can be read', () => {
    const found = find('Pod', 'shop-postgresql-test');
    expect(found?.metadata.annotations).toEqual({
      'helm.sh/hook': 'test',
      'helm.sh/hook-delete-policy': 'before-hook-creation',
    });
    expect(JSON.stringify(found)).toContain('{"name":"PGHOST","value":"shop-postgresql"}');
  });

  test('a backup is made only for those who ask for it', () => {
    expect(pods().map(({ name }) => name)).toEqual(['shop-postgresql-test']);
    expect(pods(...ON).map(({ name }) => name)).toEqual([
      expect.stringMatching(/^shop-postgresql-claim-[0-9a-f]{8}$/),
      'shop-postgresql-backup',
      'shop-postgresql-restore',
      'shop-postgresql-test',
    ]);
  });

  test('every pod passes Pod Security "restricted", and every container has its resources', () => {
    const amounts: unknown = expect.objectContaining({
      cpu: expect.anything(),
      memory: expect.anything(),
      'ephemeral-storage': expect.anything(),
    });
    for (const { spec } of pods(...ON)) {
      expect(spec.automountServiceAccountToken).toBe(false);
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 999,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const one of spec.containers) {
        expect(one).toMatchObject({
          resources: { requests: amounts, limits: amounts },
          terminationMessagePolicy: 'FallbackToLogsOnError',
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        });
      }
    }
  });

  test('no pod is one that the Service sends clients to, and none mounts the server’s claim', () => {
    for (const { metadata, spec } of pods(...ON)) {
      expect(metadata.labels['app.kubernetes.io/component']).toMatch(/^(backup|claim|restore|test)$/);
      expect(JSON.stringify(spec)).not.toContain('data-shop-postgresql-0');
    }
  });

  test('they read the application’s password by its Secret’s key', () => {
    const words = [...ON, '--set', 'auth.existingSecret=theirs,auth.secretKeys.userPasswordKey=DB_PASSWORD'];
    // The one that looks at the claim for the dumps does not go to the database.
    for (const { spec } of pods(...words).filter(({ name }) => !name.includes('-claim-'))) {
      expect(spec.containers[0]?.env).toContainEqual({
        name: 'PGPASSWORD',
        valueFrom: { secretKeyRef: { name: 'theirs', key: 'DB_PASSWORD' } },
      });
    }
  });

  test('they may reach the database and DNS and nothing else, and the database lets them in', () => {
    const policy = (object: RenderedObject | undefined) => JSON.stringify(object?.spec);
    const words = ['--set', 'primary.networkPolicy.clients[0].matchLabels.app=shop'];
    const jobs = find('NetworkPolicy', 'shop-postgresql-jobs', ...words);
    expect(jobs?.spec).toMatchObject({ ingress: [], policyTypes: ['Ingress', 'Egress'] });
    expect(policy(jobs)).toContain('"values":["test","backup","restore","metrics"]');
    expect(policy(find('NetworkPolicy', 'shop-postgresql', ...words))).toContain(
      '"values":["test","backup","restore","metrics"]',
    );
    expect(
      find('NetworkPolicy', 'shop-postgresql-jobs', '--set', 'primary.networkPolicy.enabled=false'),
    ).toBeUndefined();
  });

  const inNamespace = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
  const dnsPorts = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 }));
  test.each<[string, string, object]>([
    [
      'the cluster’s DNS, and nobody else',
      'enabled=true',
      {
        to: [
          {
            namespaceSelector: inNamespace('kube-system'),
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ],
        ports: dnsPorts,
      },
    ],
    [
      'DNS pods that are labelled otherwise, and the node',
      'dns.namespace=names,dns.podLabels.app=coredns,dns.nodeLocal=169.254.20.10',
      {
        to: [
          { namespaceSelector: inNamespace('names'), podSelector: { matchLabels: { app: 'coredns' } } },
          { ipBlock: { cidr: '169.254.20.10/32' } },
        ],
        ports: dnsPorts,
      },
    ],
    [
      'a node with IPv6',
      'dns.nodeLocal=fd00::a',
      expect.objectContaining({ to: expect.arrayContaining([{ ipBlock: { cidr: 'fd00::a/128' } }]) }),
    ],
    ['any address when somebody says so', 'dns.anywhere=true', { ports: dnsPorts }],
  ])('they ask %s for names', (_who, values, rule) => {
    const words = values.split(',').map((value) => `primary.networkPolicy.${value}`);
    expect(find('NetworkPolicy', 'shop-postgresql-jobs', '--set', words.join(','))?.spec).toHaveProperty(
      'egress',
      [expect.anything(), rule],
    );
  });

  test('backups lie on a claim of their own that outlives the release, or on one of the user’s', () => {
    const words = ['--set', 'backup.cronjob.storage.size=20Gi,backup.cronjob.storage.storageClass=slow'];
    expect(find('PersistentVolumeClaim', 'shop-postgresql-backup', ...ON, ...words)).toMatchObject({
      metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } },
      spec: { storageClassName: 'slow', resources: { requests: { storage: '20Gi' } } },
    });
    const theirs = ['--set', 'backup.cronjob.storage.existingClaim=theirs'];
    const made = chart.objects('shop', ...ON, ...theirs);
    expect(made.map(({ kind }) => kind)).not.toContain('PersistentVolumeClaim');
    expect(JSON.stringify(made)).toContain('"persistentVolumeClaim":{"claimName":"theirs"}');
  });

  test('the job that binds the claim has another name when it is another: no field of a job can change', () => {
    const name = (...words: readonly string[]) =>
      chart.objects('shop', ...ON, ...words).find(({ kind }) => kind === 'Job')?.metadata.name;
    expect(name()).toBe(name('--set', 'backup.cronjob.keep=3'));
    expect(name()).not.toBe(name('--set', 'image.tag=17.12-trixie'));
  });

  test('no name is too long, whatever the release is called', () => {
    const names = chart.objects('x'.repeat(53), ...ON).filter(({ kind }) => kind === 'CronJob');
    expect(names).toHaveLength(2);
    expect(Math.max(...names.map(({ metadata }) => metadata.name.length))).toBeLessThanOrEqual(52);
  });

  test('a restore waits until somebody asks for it', () => {
    expect(find('CronJob', 'shop-postgresql-restore', ...ON)?.spec).toMatchObject({ suspend: true });
    expect(find('CronJob', 'shop-postgresql-backup', ...ON)?.spec).toMatchObject({
      schedule: '17 3 * * *',
      concurrencyPolicy: 'Forbid',
    });
  });

  test('their scripts are in a ConfigMap of their own: a change there does not restart the database', () => {
    const checksum = (text: string) => /checksum\/scripts: (\w+)/.exec(text)?.[1];
    expect(checksum(chart.render('shop', ...ON).stdout)).toBe(checksum(chart.render('shop').stdout));
    const scriptsOf = (configMap: string) =>
      Object.keys(z.looseObject({ data: z.looseObject({}) }).parse(find('ConfigMap', configMap)).data);
    const inFolder = (path: string) =>
      readdirSync(new URL(path, import.meta.url), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name);
    expect(scriptsOf('shop-postgresql-jobs').sort()).toEqual(inFolder('files/jobs/').sort());
    expect(scriptsOf('shop-postgresql').sort()).toEqual([...inFolder('files/'), 'pg_hba.conf'].sort());
  });
});

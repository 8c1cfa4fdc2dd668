import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Validation } from 'cdk8s-cli/plugins';
import { build } from 'esbuild';
import { CafeValidation } from './plugin.js';
import { BOOKSHOP } from './testing/bookshop.js';

/** What cdk8s-cli asks of a plugin; this does not compile when it is not given. */
const plugin: Validation = new CafeValidation();

const CLI = fileURLToPath(new URL('../../node_modules/cdk8s-cli/bin/cdk8s', import.meta.url));

describe('cdk8s synth with the checks as its validation', () => {
  let project: string;
  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'cafe-plugin-'));
    // As the packed package: one that cdk8s-cli finds by the folder's `main`, which knows no `exports`.
    mkdirSync(join(project, 'checks'));
    const { main, type } = JSON.parse(
      readFileSync(fileURLToPath(new URL('package.json', import.meta.url)), 'utf8'),
    ) as { main: string; type: string };
    writeFileSync(join(project, 'checks/package.json'), JSON.stringify({ main, type }));
    await build({
      entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
      outfile: join(project, 'checks', main),
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
    // The form of a published package: cdk8s-cli installs it into a folder of its plugins, once for each version.
    const installed = join(project, 'plugins/@cafe-lumiere/checks/1.0.0/node_modules/@cafe-lumiere/checks');
    cpSync(join(project, 'checks'), installed, { recursive: true });
    // The app: it writes what lies in the folder `system`.
    writeFileSync(
      join(project, 'app.cjs'),
      "require('fs').cpSync('system', process.env.CDK8S_OUTDIR, { recursive: true });",
    );
  });
  afterAll(() => {
    rmSync(project, { recursive: true });
  });

  /** A synth of the bookshop with one text replaced. */
  function synth(reference: string, from = '', to = '') {
    const system = join(project, 'system');
    rmSync(system, { recursive: true, force: true });
    cpSync(BOOKSHOP, system, { recursive: true });
    const file = join(system, 'bookshop.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(from, to));
    writeFileSync(
      join(project, 'cdk8s.yaml'),
      `{ app: node app.cjs, pluginsDirectory: ${join(project, 'plugins')}, validations: [{ package: '${reference}', version: 1.0.0, class: CafeValidation }] }`,
    );
    return spawnSync(process.execPath, [CLI, 'synth'], {
      cwd: project,
      encoding: 'utf8',
      // Offline, so that a plugin that is not found fails here and asks no registry.
      env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false', npm_config_offline: 'true' },
    });
  }

  test.each(['./checks', '@cafe-lumiere/checks'])('from %s, passes what is right', (reference) => {
    const { status, stdout, stderr } = synth(reference);
    expect(`${stdout}${stderr}`).toContain('Validations ended succesfully');
    expect(stdout).toMatch(/Objects\s+│ 24/);
    expect(status).toBe(0);
  });

  test('fails what is wrong, and says object, file and change', () => {
    const { status, stdout } = synth('./checks', 'http://catalogue:8081', 'http://catalogu:8081');
    expect(status).toBe(2);
    expect(stdout).toContain('CAFE001 broken: A host in the configuration of a container has no Service');
    expect(stdout).toContain('Manifest Path: dist/bookshop.yaml');
    expect(stdout).toContain('Resource Name: basket');
    expect(stdout).toContain(
      '> Deployment bookshop/basket, spec.template.spec.containers[basket].env[CATALOGUE_URL]',
    );
    expect(stdout).toContain(
      'How to fix: set ConfigMap bookshop/bookshop-config, data.CATALOGUE_URL to http://catalogue:8081',
    );
  });
});

describe('the files that the plugin looks at', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cafe-plugin-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** What is reported of these files. */
  async function violations(files: Readonly<Record<string, string>>): Promise<string[]> {
    const manifests = Object.entries(files).map(([name, text]) => {
      const path = join(folder, name);
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, text);
      return path;
    });
    const reported: string[] = [];
    await new CafeValidation().validate({
      manifests,
      report: {
        addViolation: ({ ruleName, violatingResources: [resource] }) => {
          reported.push(`${ruleName.slice(0, 7)} ${resource?.manifestPath.slice(folder.length + 1) ?? ''}`);
        },
        submit: (status) => {
          reported.push(status);
        },
      },
    });
    return reported;
  }

  const SERVICE =
    '{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {ports: [{port: 80000}]}}';

  test('are those at the top, because kubectl reads no others', async () => {
    expect(await violations({ 'a.yaml': SERVICE, 'production/a.yaml': SERVICE })).toEqual([
      'CAFE005 a.yaml',
      'failure',
    ]);
  });

  test('are those in the folders, where an app writes one for each chart', async () => {
    expect(
      await violations({ 'web/service.yaml': SERVICE, 'api/service.yaml': SERVICE.replaceAll('web', 'api') }),
    ).toEqual(['CAFE005 api/service.yaml', 'CAFE005 web/service.yaml', 'failure']);
  });

  test('are not those of a Helm chart', async () => {
    expect(
      await violations({
        'b.yaml': '{apiVersion: v1, kind: Namespace, metadata: {name: shop}}',
        'helm/db/Chart.yaml': 'name: db',
        'helm/db/values.yaml': 'tag: 1',
        'helm/db/templates/service.yaml': '{{- if .Values.tag }}',
      }),
    ).toEqual(['success']);
  });

  test('are some: a validation of nothing proves nothing', async () => {
    await expect(violations({ 'helm/db/Chart.yaml': 'name: db' })).rejects.toThrow(
      'CafeValidation has nothing to look at',
    );
  });
});

test('is what cdk8s-cli asks for', () => {
  expect(plugin).toHaveProperty('validate');
});

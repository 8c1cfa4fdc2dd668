import { appendFileSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { DEFAULT_REGISTRY } from '../../images/image-lock.js';
import { speaksHttp } from '../../images/registry.js';
import { NAMESPACE } from '../cluster.js';
import { attempt, run } from '../command.js';
import { type Journal, must } from '../journal.js';
import { type ManifestSource, nothing } from './controller.js';

/** What `make push-manifests` pushes to a folder of REGISTRY that nobody else has: each change is a new version. */
export class OciRepository implements ManifestSource {
  readonly url: string;
  readonly chart: string;
  revision = '';
  readonly insecure: boolean;
  private readonly registry: string;
  private versions = 0;

  private constructor(private readonly workspace: string) {
    const here = process.env['REGISTRY'] ?? DEFAULT_REGISTRY;
    const folder = `e2e-${Date.now().toString(36)}`;
    this.registry = `${here}/${folder}`;
    this.url = `oci://${process.env['PODS_REGISTRY'] ?? here}/${folder}`;
    this.insecure = speaksHttp(here);
    this.chart = `oci://${this.registry}/cafe-lumiere/local/postgresql --version ${packageJson.version}${this.insecure ? ' --plain-http' : ''}`;
  }

  /** The first version, which is pushed twice, and refused with other contents. */
  static async begin(journal: Journal, workspace: string): Promise<OciRepository> {
    const repository = new OciRepository(workspace);
    const { dist } = repository;
    cpSync(dist, repository.kept, { recursive: true });
    await journal.step('$ make push-manifests', () => repository.push());
    const first = repository.revision;
    await journal.step('$ make push-manifests, again: the same digest', async () => {
      await repository.push();
      must(repository.revision === first, `it was ${first}, it is ${repository.revision}`);
    });
    const refusal = await journal.step('$ make push-manifests, with other contents: refused', async () => {
      appendFileSync(join(dist, 'deployments.yaml'), '# changed\n');
      const { code, stderr } = await attempt(repository.command(), { cwd: workspace });
      must(code !== 0 && stderr.includes('Nothing was pushed'), `exit ${code}: ${stderr}`);
      return stderr.trim();
    });
    journal.note(refusal);
    repository.restore();
    return repository;
  }

  async bringDist(_message: string, manifests?: string): Promise<void> {
    this.restore();
    if (manifests !== undefined) cpSync(join(this.workspace, manifests), this.dist, { recursive: true });
    await this.pushNext();
  }

  async bringNothing(): Promise<void> {
    rmSync(join(this.dist, 'deployments.yaml'));
    writeFileSync(join(this.dist, 'nothing.yaml'), nothing(NAMESPACE));
    await this.pushNext();
  }

  /** Few registries let go of what was pushed. */
  end(): Promise<void> {
    return Promise.resolve();
  }

  private get dist(): string {
    return join(this.workspace, 'dist');
  }

  private get kept(): string {
    return join(this.workspace, 'build', 'kept');
  }

  private restore(): void {
    rmSync(this.dist, { recursive: true });
    cpSync(this.kept, this.dist, { recursive: true });
  }

  private async pushNext(): Promise<void> {
    this.versions += 1;
    await this.push();
  }

  private async push(): Promise<void> {
    const said = await run(this.command(), { cwd: this.workspace });
    const digest = /local\/manifests@(sha256:[0-9a-f]{64})$/m.exec(said)?.[1];
    must(digest !== undefined, `no digest of local/manifests in: ${said}`);
    this.revision = digest;
  }

  private command(): string {
    const [major = '', minor = '', patch = ''] = packageJson.version.split('.');
    const version = [major, minor, Number(patch) + this.versions].join('.');
    return `make push-manifests REGISTRY=${this.registry} VERSION=${version}`;
  }
}

import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NAMESPACE } from '../cluster.js';
import { run } from '../command.js';
import { type Journal, must } from '../journal.js';
import { type ManifestSource, nothing } from './controller.js';

/** The branch that the tests write, and throw away; the others of the repository are left alone. */
export const BRANCH = 'cafe-e2e';

/** A clone of the repository that the cluster's controllers read. */
export class GitRepository implements ManifestSource {
  readonly chart = 'dist/helm/postgresql';
  readonly insecure: boolean;
  revision = '';

  private constructor(
    /** As controllers and this machine reach it. */
    readonly url: string,
    private readonly folder: string,
    private readonly workspace: string,
  ) {
    this.insecure = url.startsWith('http:');
  }

  /** A branch of one commit in the repository of GIT_URL. */
  static begin(journal: Journal, workspace: string): Promise<GitRepository> {
    return journal.step(`dist is committed to the branch ${BRANCH} of GIT_URL`, async () => {
      const url = process.env['GIT_URL'] ?? '';
      must(url !== '', 'GIT_URL is not set; it names a repository that this machine may push to');
      await run(`git ls-remote ${url}`, { timeoutSeconds: 20 });
      const folder = join(workspace, 'build', 'gitops');
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      const repository = new GitRepository(url, folder, workspace);
      await repository.git(`init --quiet --initial-branch=${BRANCH}`);
      await repository.git('config user.name e2e');
      await repository.git('config user.email e2e@example.com');
      await repository.bringDist('The café');
      return repository;
    });
  }

  async bringDist(message: string, manifests = 'dist'): Promise<void> {
    rmSync(join(this.folder, 'dist'), { recursive: true, force: true });
    cpSync(join(this.workspace, 'dist'), join(this.folder, 'dist'), { recursive: true });
    cpSync(join(this.workspace, manifests), join(this.folder, 'dist'), { recursive: true });
    await this.commit(message);
  }

  async bringNothing(message: string): Promise<void> {
    rmSync(join(this.folder, 'dist', 'deployments.yaml'));
    writeFileSync(join(this.folder, 'dist', 'nothing.yaml'), nothing(NAMESPACE));
    await this.commit(message);
  }

  /** Takes the branch away again. */
  async end(): Promise<void> {
    await this.git(`push --quiet ${this.url} --delete ${BRANCH}`);
  }

  private async commit(message: string): Promise<void> {
    await this.git('add --all');
    await this.git('commit --quiet --allow-empty --file -', message);
    await this.git(`push --quiet --force ${this.url} ${BRANCH}`);
    this.revision = (await this.git('rev-parse HEAD')).trim();
  }

  private git(words: string, stdin = ''): Promise<string> {
    return run(`git ${words}`, { cwd: this.folder, timeoutSeconds: 60, stdin });
  }
}

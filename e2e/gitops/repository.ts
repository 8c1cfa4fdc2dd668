import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NAMESPACE } from '../cluster.js';
import { run } from '../command.js';

/** The branch that the tests write, and throw away; the others of the repository are left alone. */
export const BRANCH = 'cafe-e2e';

/** A clone of the repository that the cluster's controllers read. */
export class GitRepository {
  private constructor(
    /** As controllers and this machine reach it. */
    readonly url: string,
    private readonly folder: string,
    private readonly workspace: string,
  ) {}

  /** A branch of one commit: the `dist` of the workspace. */
  static async begin(url: string, workspace: string): Promise<GitRepository> {
    const folder = join(workspace, 'build', 'gitops');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const repository = new GitRepository(url, folder, workspace);
    await repository.git(`init --quiet --initial-branch=${BRANCH}`);
    await repository.git('config user.name e2e');
    await repository.git('config user.email e2e@example.com');
    await repository.commitDist('The café');
    return repository;
  }

  /** Commits the whole `dist`. */
  async commitDist(message: string): Promise<void> {
    rmSync(join(this.folder, 'dist'), { recursive: true, force: true });
    cpSync(join(this.workspace, 'dist'), join(this.folder, 'dist'), { recursive: true });
    await this.commit(message);
  }

  /** Commits a `dist` from which every manifest is gone, the Namespace as well; something is in it, or it were an error. */
  async commitNothing(message: string): Promise<void> {
    rmSync(join(this.folder, 'dist', 'deployments.yaml'));
    writeFileSync(
      join(this.folder, 'dist', 'nothing.yaml'),
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: nothing, namespace: ${NAMESPACE} }\n`,
    );
    await this.commit(message);
  }

  /** Takes the branch away again. */
  async end(): Promise<void> {
    await this.git(`push --quiet ${this.url} --delete ${BRANCH}`);
  }

  private async commit(message: string): Promise<void> {
    await this.git('add --all');
    await this.git(`commit --quiet --allow-empty --message "${message}"`);
    await this.git(`push --quiet --force ${this.url} ${BRANCH}`);
  }

  private git(words: string): Promise<string> {
    return run(`git ${words}`, { cwd: this.folder, timeoutSeconds: 60 });
  }
}

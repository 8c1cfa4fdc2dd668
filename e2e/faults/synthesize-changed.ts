import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../command.js';

/** What can be changed of the café in changed-cafe.ts, and of one that is behind a Gateway. */
export type Change = Changed | 'gateway' | `gateway-${Changed}`;
export type Changed = 'configuration' | 'password' | 'cluster' | 'autoscaler' | 'monitoring';

/** Where the café with one thing changed is, below the workspace. */
export const changedFolder = (change: Change): string => `build/changed-${change}`;

/** Synthesizes the café with one thing changed. */
export async function synthesizeChanged(change: Change, workspace: string): Promise<void> {
  await run(synthesis(changedFolder(change), change), { cwd: workspace, timeoutSeconds: 600 });
}

/** `dist` becomes the café behind a Gateway of its own. */
export async function putBehindGateway(workspace: string): Promise<void> {
  await synthesizeChanged('gateway', workspace);
  cpSync(join(workspace, changedFolder('gateway')), join(workspace, 'dist'), { recursive: true });
}

/** Where the café with another version of its images is, below the workspace. */
export const NEW_VERSION = 'build/new-version';

/**
 * Builds and pushes another version of the images, and synthesizes the café with them.
 *
 * @param change - what else is changed. @default - nothing
 */
export async function synthesizeNewVersion(workspace: string, change?: Change): Promise<void> {
  await run(
    // With its times: make must not think that the dependencies have changed.
    `cp -p package.json build/package.json.kept && cp images.lock.json build/images.lock.json.kept` +
      ` && sed -i 's|"version": "[^"]*"|"version": "999.0.0"|' package.json` +
      ` && touch -r build/package.json.kept package.json` +
      ` && { make images push && ${synthesis(NEW_VERSION, change)}; status=$?;` +
      ` mv build/package.json.kept package.json; mv build/images.lock.json.kept images.lock.json; exit $status; }`,
    { cwd: workspace, timeoutSeconds: 600 },
  );
}

const synthesis = (output: string, change?: Change): string =>
  `npx cdk8s synth ${change === undefined ? '' : `--app 'node cdk8s/run.js e2e/faults/changed-cafe.ts ${change}' `}--output ${output}`;

import { run } from '../command.js';

/** What can be changed of the café in changed-cafe.ts. */
type Change =
  | 'configuration'
  | 'password'
  | 'cluster'
  | 'autoscaler'
  | 'gateway'
  | 'gateway-configuration'
  | 'monitoring';

/** Where the café with one thing changed is, below the workspace. */
export const changedFolder = (change: Change): string => `build/changed-${change}`;

/** Synthesizes the café with one thing changed. */
export async function synthesizeChanged(change: Change, workspace: string): Promise<void> {
  const line = `npx cdk8s synth --app 'node cdk8s/run.js e2e/faults/changed-cafe.ts ${change}' --output ${changedFolder(change)}`;
  await run(line, { cwd: workspace, timeoutSeconds: 600 });
}

import { cpus, totalmem } from 'node:os';
import { z } from 'zod';
import { run } from '../command.js';

const versions = z.object({ serverVersion: z.object({ gitVersion: z.string() }) });

/** The cluster and this machine, in a line. Without a date or a name: the same place says the same. */
export async function describeEnvironment(): Promise<string> {
  const { serverVersion } = versions.parse(JSON.parse(await run('kubectl version -o json')));
  const nodes = (await run(`kubectl get nodes -o name`)).trim().split('\n').length;
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  return (
    `Kubernetes ${serverVersion.gitVersion} with ${nodes} nodes. The load came from a machine with ${machine}: ` +
    '10 orders and 30 steps a second, and as many looks at orders and boards.'
  );
}

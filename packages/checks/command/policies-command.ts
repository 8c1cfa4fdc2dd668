import type { ParseArgsConfig } from 'node:util';
import { clusterOf } from '../check.js';
import { generatedPolicies, policiesYaml } from '../connections/generated-policies.js';
import { reaches } from '../connections/reaches.js';
import type { Outcome, Surroundings } from './command.js';
import { readConfiguration } from './configuration.js';
import { INPUT_HELP, INPUT_OPTIONS, readObjects } from './objects-input.js';
import { parseWords } from './report-options.js';

const HELP = `Writes NetworkPolicies that let through what the manifests declare, DNS, and nothing else.

  cafe policies [dir | file | -]… [options] > policies.yaml

${INPUT_HELP}
  -h, --help              this text

A policy is for the pods of one workload, and says of each rule which variable, Service or role it is for. What a program
connects to without being told so in its manifests is not in it: try the policies on a cluster for tests, with the log of
denied connections open. A LoadBalancer, a NodePort, an Ingress, a route and a webhook let everybody in at that port.

Exit status: 0 they are written; 1 they are, and deny a connection that leads to no pods, which a comment names; 2 could
not look.`;

const OPTIONS = {
  ...INPUT_OPTIONS,
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options'];

/**
 * `cafe policies`.
 *
 * @param words - the arguments behind `policies`
 * @throws Error when it could not look, with the reason
 */
export function policiesCommand(words: readonly string[], { readStandardInput }: Surroundings): Outcome {
  const { values, positionals } = parseWords('policies', words, OPTIONS);
  if (values.help) return { status: 0, output: HELP };
  const { objects, ...known } = readObjects(
    positionals,
    values,
    readConfiguration(undefined),
    readStandardInput,
  );
  const { cluster } = clusterOf(objects.manifests, known);
  const policies = generatedPolicies(cluster);
  if (policies.length === 0) throw new Error('there is no workload whose pods have labels.');
  const isLost = reaches(cluster).some(({ kind }) => kind === 'nowhere');
  return { status: isLost ? 1 : 0, output: policiesYaml(cluster, policies).trimEnd() };
}

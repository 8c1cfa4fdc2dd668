import { run } from '../command.js';

/** What a cluster's machines can be made to suffer; each takes the node's name as its last word. */
const VARIABLES = {
  stop: 'NODE_STOP_COMMAND',
  start: 'NODE_START_COMMAND',
  cut: 'LINK_CUT_COMMAND',
  heal: 'LINK_HEAL_COMMAND',
} as const;
export type NodeAction = keyof typeof VARIABLES;

/** Why these actions cannot be done here, or nothing. */
export function missingNodeCommands(actions: readonly NodeAction[]): string | undefined {
  const missing = actions.map((action) => VARIABLES[action]).filter((name) => !process.env[name]);
  return missing.length === 0
    ? undefined
    : `${missing.join(' and ')} not set: Kubernetes itself cannot take a node's power, so say which command does`;
}

/** Does something to a node, with the command that the environment gives for it. */
export async function toNode(action: NodeAction, node: string): Promise<void> {
  const command = process.env[VARIABLES[action]];
  if (!command) throw new Error(missingNodeCommands([action]));
  await run(`${command} ${node}`, { timeoutSeconds: 120 });
}

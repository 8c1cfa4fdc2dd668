import { nearest } from '../model/nearest-name.js';

/** What a run of the command writes, and its exit status. */
export interface Outcome {
  /** 0: nothing found, or what was asked for was said; 1: findings; 2: it could not look. */
  readonly status: 0 | 1 | 2;
  readonly output: string;
}

/** What the command has from its process. */
export interface Surroundings {
  /** Asked only for `--version`. */
  readonly version: () => string;
  /** Asked only for `-`. */
  readonly readStandardInput: () => string;
  /** Told what is being done while it takes a while; an empty line when it is done. @default - nobody looks */
  readonly progress?: ((line: string) => void) | undefined;
}

type Command = (words: readonly string[], surroundings: Surroundings) => Promise<Outcome>;

// Each is loaded when it is asked for: the readers of YAML and of schemas are most of a start.
const COMMANDS: Readonly<Record<string, Command>> = {
  check: async (words, surroundings) =>
    (await import('./check-command.js')).checkCommand(words, surroundings),
  connections: async (words, surroundings) =>
    (await import('./connections-command.js')).connectionsCommand(words, surroundings),
  policies: async (words, surroundings) =>
    (await import('./policies-command.js')).policiesCommand(words, surroundings),
  explain: async (words) => (await import('./explain-command.js')).explainCommand(words),
  doctor: async (words) => (await import('../doctor/doctor-command.js')).doctorCommand(words),
  ids: async () => (await import('./ids-command.js')).idsCommand(),
};

const HELP = `Proves that Kubernetes manifests can work together, before anybody applies them.

  cafe check [dir | file | -]…  look at manifests; "cafe check --help" says more
  cafe check chart CHART        look at a Helm chart under every name and value
  cafe connections [dir]…       who reaches whom, by which variable and which policy; what a change adds to it
  cafe policies [dir]…          NetworkPolicies that allow those connections and no others
  cafe explain ID…              why it hurts, an example, and how to accept it
  cafe doctor [-n namespace]…   why it does not work, on the running cluster; "cafe doctor --help" says more
  cafe ids                      what each id of a finding means
  cafe --version
  cafe --help

Exit status: 0 nothing found, 1 findings, 2 could not look, or there was nothing to look at.`;

/**
 * The command `cafe`.
 *
 * @param words - the arguments behind the program's name
 */
export async function run(words: readonly string[], surroundings: Surroundings): Promise<Outcome> {
  const [first, ...others] = words;
  if (first === '--help' || first === '-h') return { status: 0, output: HELP };
  if (first === '--version') return { status: 0, output: surroundings.version() };
  if (first === undefined) return { status: 2, output: HELP };
  const command = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  if (!command) return { status: 2, output: unknown(first) };
  try {
    return await command(others, surroundings);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: 2, output: `cafe ${first} could not look: ${reason}` };
  }
}

function unknown(word: string): string {
  const names = Object.keys(COMMANDS);
  const likely = nearest(word, names);
  const meant = likely === undefined ? '' : ` Did you mean "${likely}"?`;
  return `cafe: there is no command "${word}".${meant} The commands are ${names.join(', ')}; "cafe --help" says more.`;
}

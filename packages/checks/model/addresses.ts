import { hostsIn, hostsInList, hostsInUrls, portOf, type WrittenHost } from './connection-strings.js';
import { expanded, type Variable, type Variables } from './container-variables.js';
import type { ConfiguredContainer } from './containers.js';
import { isHost } from './hosts.js';
import { hostsInScript } from './scripts.js';
import { besideHost, isNamed } from './variable-names.js';

/** A host that a container is configured to connect to. */
export interface Address extends Omit<WrittenHost, 'start'> {
  /** Where the host begins in the variable's value; nothing when it is not a part of it. */
  readonly start?: number;
  /** Whether an address is expected where it stands, as in `KAFKA_BROKERS`. */
  readonly isExpected?: boolean;
  /** What says so: the variable that holds the host, an argument, a probe's command, or a line of a mounted file. */
  readonly variable: Pick<Variable, 'name' | 'field' | 'origin' | 'value' | 'secret'>;
  /** The variable that holds the port, when it is another one. */
  readonly portVariable?: Variable;
}

/** Images, versions and what to listen on look like host and port. */
const NO_ADDRESS = /IMAGE|VERSION|(?:^|_)TAGS?$|LISTEN|BIND|(?:^|_)LABELS?$|ALLOWED/i;

/** Whose pages may ask: a browser's words, to which nobody connects. */
const ORIGIN_NAME = /CORS|ORIGINS?$/i;

const ADDRESS_NAME =
  /HOST|SERVER|BROKER|UR[LI]|ADDR|ENDPOINT|CONNECT|BOOTSTRAP|UPSTREAM|BACKEND|TARGET|PEER|SEED|NODE|MASTER|SENTINEL|PROXY|REMOTE|DSN|COLLECTOR|GATEWAY|REGISTRY|QUORUM|JOIN/i;

/** What holds a host without a port elsewhere: `redis.host`, `dbHost`, `PG_SERVER`. */
const BARE_HOST_NAME =
  /(?:[._-]|[a-z](?=[A-Z]))(?:HOST(?:NAME|S)?|SERVERS?|SERVICE|ADDR(?:ESS)?|ENDPOINT|BROKER)$/i;

/** Whether an address is expected behind this name of a variable, a flag or a key. */
export const isAddressName = (name: string): boolean => ADDRESS_NAME.test(name);

/** Every host that the variables, the command and the probes' commands of a container name. */
export function addressesIn(configured: ConfiguredContainer): Address[] {
  const { variables, list, container } = configured;
  const place = `${list}[${container.name}]`;
  const { startupProbe, readinessProbe, livenessProbe, lifecycle } = container;
  const commands = [
    ['startupProbe.exec.command', startupProbe?.exec?.command],
    ['readinessProbe.exec.command', readinessProbe?.exec?.command],
    ['livenessProbe.exec.command', livenessProbe?.exec?.command],
    ['lifecycle.preStop.exec.command', lifecycle?.preStop?.exec?.command],
  ] as const;
  return [
    ...[...variables.values()].flatMap((variable) => ofVariable(variable, variables)),
    ...ofCommand(place, 'command', container.command, variables),
    ...ofCommand(place, 'args', container.args, variables),
    ...commands.flatMap(([field, words = []]) => ofWords(`${place}.${field}`, words)),
  ];
}

function ofVariable(variable: Variable, variables: Variables): Address[] {
  const { name, value } = variable;
  if (value === undefined || value === '' || ORIGIN_NAME.test(name)) return [];
  // postgres_exporter puts the scheme in front by itself.
  if (isNamed(name, 'DATA_SOURCE_URI')) {
    const scheme = 'postgresql://';
    return hostsInUrls(scheme + value).map(({ start, ...host }) => ({
      ...host,
      start: start - scheme.length,
      variable,
    }));
  }
  const isLine = !value.includes('\n');
  const found = isLine ? hostsIn(value) : hostsInScript(value);
  // A whole name of the cluster may have its port in a variable beside it.
  if (found.length > 0 && found[0]?.host !== value) {
    if (NO_ADDRESS.test(name)) return found.flatMap((host) => (host.certain ? [{ ...host, variable }] : []));
    const isAddress = isNamed(name, '*_HOST', '*_HOSTNAME', 'PGHOST', '*_ADDR', '*_ADDRESS', '*_ENDPOINT');
    return found.map((host) => ({
      ...host,
      certain: host.certain || isAddress,
      isExpected: isAddressName(name),
      variable,
    }));
  }
  // Not HOSTNAME, the pod's own name, nor HOST, the address to listen on.
  if (!isHost(value)) return [];
  if (!isNamed(name, '*_HOST', '*_HOSTNAME', 'PGHOST')) {
    return BARE_HOST_NAME.test(name) && !NO_ADDRESS.test(name)
      ? [{ host: value, start: 0, certain: false, variable, port: undefined }]
      : [];
  }
  const portVariable =
    variables.get(besideHost(name, '*_PORT') ?? '') ?? variables.get(besideHost(name, '*_PORT_NUMBER') ?? '');
  return [
    {
      host: value,
      start: 0,
      certain: true,
      variable,
      port: undefined,
      ...(portVariable?.value === undefined ? {} : { ...portOf(portVariable.value), portVariable }),
    },
  ];
}

/** Words of `command` or `args`: scripts, flags with their values behind `=` or in the next word, and URLs. */
function ofCommand(
  place: string,
  list: 'command' | 'args',
  words: readonly string[],
  variables: Variables,
): Address[] {
  if (words.some((word) => /\s/.test(word)) || (list === 'command' && words.length > 0)) {
    const script = ofWords(`${place}.${list}`, words);
    if (script.length > 0) return script;
  }
  const flags = new Map<
    string,
    { readonly value: string; readonly index: number; readonly before: string }
  >();
  words.forEach((word, index) => {
    const [, name, value] = /^--?([\w.-]+)(?:=(.*))?$/.exec(word) ?? [];
    const next = words[index + 1];
    if (name === undefined) return;
    if (value !== undefined)
      flags.set(name, { value, index, before: word.slice(0, word.length - value.length) });
    else if (next !== undefined && !next.startsWith('-'))
      flags.set(name, { value: next, index: index + 1, before: '' });
  });
  const taken = new Set([...flags.values()].map(({ index }) => index));
  const variableAt = (index: number, name: string, value: string): Address['variable'] => {
    const field = `${place}.${list}[${index}]`;
    return { name, value, field, origin: field, secret: false };
  };
  const ofFlags = [...flags].flatMap(([name, flag]): Address[] => {
    const value = expanded(flag.value, variables);
    const variable = variableAt(flag.index, name, flag.before + value);
    if (/\s/.test(value) || NO_ADDRESS.test(name)) return [];
    const found = hostsIn(value);
    if (found.length > 0) {
      return found.map((host) => ({
        ...host,
        start: flag.before.length + host.start,
        isExpected: isAddressName(name),
        variable,
      }));
    }
    if (!/host$/i.test(name) || !isHost(value)) return [];
    const port = flags.get(name.replace(/host$/i, 'port'))?.value;
    // A server's own --host is where it listens.
    return [
      {
        host: value,
        start: flag.before.length,
        certain: name !== 'host',
        isExpected: false,
        variable,
        ...(port === undefined ? { port: undefined } : portOf(port)),
      },
    ];
  });
  const ofOthers = words.flatMap((word, index): Address[] => {
    if (taken.has(index) || /\s/.test(word) || word.startsWith('-')) return [];
    const value = expanded(word, variables);
    const variable = variableAt(index, 'argument', value);
    return [...hostsInUrls(value), ...hostsInList(value)].map((host) => ({ ...host, variable }));
  });
  return [...ofFlags, ...ofOthers];
}

/** A whole command, which is often a shell's script. */
function ofWords(field: string, words: readonly string[]): Address[] {
  if (words.length === 0) return [];
  const variable = { name: 'command', value: words.join(' '), field, origin: field, secret: false };
  return hostsInScript(variable.value).map((host) => ({ ...host, variable }));
}

/** What the variable should hold for another host: the same text with that host in it. A Secret's value is not repeated. */
export function withHost({ host, start, variable: { value, secret } }: Address, other: string): string {
  if (value === undefined || secret || start === undefined) return other;
  return value.slice(0, start) + other + value.slice(start + host.length);
}

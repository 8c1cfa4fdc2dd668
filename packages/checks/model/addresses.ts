import { expanded, type Variable, type Variables } from './container-variables.js';
import type { ConfiguredContainer } from './containers.js';
import { besideHost, isNamed } from './variable-names.js';

/** A host that a container is configured to connect to. */
export interface Address {
  readonly host: string;
  /** Unknown when nothing says one. */
  readonly port: number | undefined;
  /** The words of the port when it is no number. */
  readonly portText?: string;
  /** What says so: the variable that holds the host, or an argument. */
  readonly variable: Pick<Variable, 'name' | 'field' | 'origin' | 'value' | 'secret'>;
  /** The variable that holds the port, when it is another one. */
  readonly portVariable?: Variable;
}

/** Ports that a URL without one stands for. */
const SCHEME_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  redis: 6379,
  rediss: 6379,
  mongodb: 27017,
  amqp: 5672,
  amqps: 5671,
  nats: 4222,
};

const URL_PARTS =
  /^(?:jdbc:)?([a-z][a-z0-9+.-]*):\/\/(?:[^/@\s]*@)?(\[[^\]]+\]|[^/:?#\s,]+)(?::([^/?#\s,]*))?/i;

/** Every host that the variables and the arguments of a container name. */
export function addressesIn({ variables, list: containers, container }: ConfiguredContainer): Address[] {
  const place = `${containers}[${container.name}]`;
  const addresses: Address[] = [];
  for (const variable of variables.values()) {
    const address = addressOf(variable, variables);
    if (address) addresses.push(address);
  }
  for (const list of ['command', 'args'] as const) {
    container[list].forEach((argument, index) => {
      const value = expanded(argument, variables);
      const field = `${place}.${list}[${index}]`;
      // A whole script is read by nobody here; an argument is one word or one flag.
      const word = /^(?:--?[\w-]+=)?(\S+)$/.exec(value)?.[1];
      const flag = /^--?([\w-]+)=/.exec(value)?.[1] ?? '';
      if (word === undefined) return;
      const variable = { name: flag || 'argument', value, field, origin: field, secret: false };
      const address =
        urlAddress(word, variable) ?? (/host$/i.test(flag) ? hostAddress(word, variable) : undefined);
      if (address) addresses.push(address);
    });
  }
  return addresses;
}

function addressOf(variable: Variable, variables: Variables): Address | undefined {
  const { name, value } = variable;
  if (value === undefined || value === '') return undefined;
  // postgres_exporter puts the scheme in front by itself.
  const url = urlAddress(isNamed(name, 'DATA_SOURCE_URI') ? `postgresql://${value}` : value, variable);
  if (url) return url;
  if (isNamed(name, '*_ADDR', '*_ADDRESS', '*_ENDPOINT') && /^[^\s/]+:\d+$/.test(value)) {
    return hostAddress(value, variable);
  }
  // Not HOSTNAME, the pod's own name, nor HOST, the address to listen on.
  if (!isNamed(name, '*_HOST', '*_HOSTNAME', 'PGHOST') || /\s|,|\//.test(value)) return undefined;
  const address = hostAddress(value, variable);
  if (address.port !== undefined) return address;
  const portVariable = variables.get(besideHost(name, '*_PORT') ?? '');
  if (portVariable?.value === undefined) return address;
  return { ...address, ...portOf(portVariable.value), portVariable };
}

function urlAddress(text: string, variable: Address['variable']): Address | undefined {
  const parts = URL_PARTS.exec(text);
  if (!parts) return undefined;
  const [, scheme = '', host = '', port] = parts;
  const known = SCHEME_PORTS[scheme.toLowerCase()];
  return {
    host: host.toLowerCase(),
    variable,
    ...(port === undefined ? { port: known } : portOf(port)),
  };
}

function hostAddress(text: string, variable: Address['variable']): Address {
  const [, host = text, port] = /^([^:]+):(\d+)$/.exec(text) ?? [];
  return { host, variable, ...(port === undefined ? { port: undefined } : portOf(port)) };
}

/** What the variable should hold for another host: the same URL, or the host alone. A Secret's value is not repeated. */
export function withHost({ host, variable: { value, secret } }: Address, other: string): string {
  return value === undefined || secret || !value.includes(host) ? other : value.replace(host, other);
}

function portOf(text: string): Pick<Address, 'port' | 'portText'> {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return port >= 1 && port <= 65_535 ? { port } : { port: undefined, portText: text };
}

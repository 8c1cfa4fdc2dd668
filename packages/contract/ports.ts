/** What the ports of a container are called, besides the further ones of its declaration. */
export const PORT_NAMES = {
  /** The service's own, to which its Service leads. */
  own: 'http',
  /** Of a service on the runtime: probes, `/metrics` and `/openapi.json`. No Service leads there. */
  operations: 'operations',
} as const;

/** Where a service on the runtime answers probes and metrics, unless its declaration says another. */
export const OPERATIONS_PORT = 9090;

/** RFC 6335, section 5.1, which Kubernetes asks of a port's name. */
const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?$/;

/** The ports of a declaration. */
export interface DeclaredPorts {
  readonly port: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly operationsPort: number | undefined;
}

/** Every port of a declared service's container, by its name. */
export const containerPortsOf = ({
  port,
  ports,
  operationsPort,
}: DeclaredPorts): Readonly<Record<string, number>> => ({
  [PORT_NAMES.own]: port,
  ...ports,
  ...(operationsPort === undefined ? {} : { [PORT_NAMES.operations]: operationsPort }),
});

/** What cannot be of a service's own port, `http`, and its other ones. @returns the problem in words, or nothing */
export function portProblem({ port, ports, operationsPort }: DeclaredPorts): string | undefined {
  const names = new Map<number, string>();
  const operations = operationsPort === undefined ? [] : [['operationsPort', operationsPort] as const];
  for (const [name, number] of [['port', port] as const, ...Object.entries(ports), ...operations]) {
    if (!Number.isInteger(number) || number < 1 || number > 65_535) {
      return `${name} is ${number}; a TCP port is a whole number from 1 to 65535.`;
    }
    if (name in ports && !PORT_NAME.test(name)) {
      return `"${name}" is no name of a port; it is 1 to 15 of a-z, 0-9 and "-", with a letter.`;
    }
    const other = names.get(number);
    if (other !== undefined)
      return `${name} is ${number}, which is its ${other} already. Choose another number.`;
    names.set(number, name);
  }
  if (PORT_NAMES.own in ports) return 'http is the name of its own port. Choose another name in ports.';
  return operationsPort !== undefined && PORT_NAMES.operations in ports
    ? 'operations is the name of the port for its probes. Choose another name in ports, or set operationsPort.'
    : undefined;
}

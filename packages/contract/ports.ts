/** RFC 6335, section 5.1, which Kubernetes asks of a port's name. */
const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?$/;

/** What cannot be of a service's own port, `http`, and its further ones. @returns the problem in words, or nothing */
export function portProblem({
  port,
  ports,
}: {
  readonly port: number;
  readonly ports: Readonly<Record<string, number>>;
}): string | undefined {
  const names = new Map<number, string>();
  for (const [name, number] of [['port', port] as const, ...Object.entries(ports)]) {
    if (!Number.isInteger(number) || number < 1 || number > 65_535) {
      return `${name} is ${number}; a TCP port is a whole number from 1 to 65535.`;
    }
    if (!PORT_NAME.test(name)) {
      return `"${name}" is no name of a port; it is 1 to 15 of a-z, 0-9 and "-", with a letter.`;
    }
    const other = names.get(number);
    if (other !== undefined)
      return `${name} is ${number}, which is its ${other} already. Choose another number.`;
    names.set(number, name);
  }
  return 'http' in ports ? 'http is the name of its own port. Choose another name in ports.' : undefined;
}

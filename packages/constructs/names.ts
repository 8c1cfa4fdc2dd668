/** RFC 1123, section 2.1, as Kubernetes asks it of Services, labels and most names. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Checks a name before Kubernetes refuses it; cdk8s itself writes `Bad_Name!` without a word.
 *
 * @throws Error that names the construct, the name and what is allowed
 */
export function checkDnsLabel(path: string, name: string): string {
  if (DNS_LABEL.test(name)) return name;
  const suggestion = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63);
  throw new Error(
    `${path}: the name "${name}" is not a DNS label (1 to 63 of a-z, 0-9 and "-", not at an end).` +
      (suggestion ? ` Did you mean "${suggestion}"?` : ''),
  );
}

/** Checks a TCP port. @throws Error that names the construct, the property and the value */
export function checkPort(path: string, property: string, port: number): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error(`${path}: ${property} is ${port}; a TCP port is a whole number from 1 to 65535.`);
}

/** A name that PostgreSQL takes without quotes, so that it reads the same in psql, in logs and in a connection string. */
export function checkIdentifier(path: string, property: string, name: string): string {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(name)) return name;
  throw new Error(
    `${path}: ${property} is "${name}"; a plain PostgreSQL identifier is 1 to 63 of a-z, 0-9 and "_", beginning with a letter or "_".`,
  );
}

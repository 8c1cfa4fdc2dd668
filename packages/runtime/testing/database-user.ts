/** `nobody` and `nogroup`: there on every Linux, and PostgreSQL wants a user that has a name. */
const NOBODY = { uid: 65_534, gid: 65_534 } as const;

/** Who runs the database when we are root. */
export type DatabaseUser = typeof NOBODY;

/**
 * The command as the operating system wants it: PostgreSQL refuses to run as root, so under root (a container, a CI
 * machine) it runs as `nobody`, who then must own the data directory.
 *
 * `setpriv` leaves that user the one capability to walk through folders that only root may enter, because a checkout
 * under `/root` or in a `mktemp -d` is such a folder. Why not simply spawn's `uid`: it cannot keep a capability.
 *
 * @returns command, arguments and, under root, the user that must own the data
 */
export function asDatabaseUser(
  command: string,
  words: readonly string[],
): [command: string, words: string[], user?: DatabaseUser] {
  if (process.getuid?.() !== 0) return [command, [...words]];
  const { uid, gid } = NOBODY;
  const capability = '-all,+dac_override';
  return [
    'setpriv',
    [
      ...[`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
      ...[`--inh-caps=${capability}`, `--ambient-caps=${capability}`],
      ...[command, ...words],
    ],
    NOBODY,
  ];
}

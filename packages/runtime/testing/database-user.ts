/** `nobody` and `nogroup`: there on every Linux, and PostgreSQL wants a user that has a name. */
const NOBODY = { uid: 65_534, gid: 65_534 } as const;

/** Who runs the database when we are root. */
export type DatabaseUser = typeof NOBODY;

/**
 * The command as the operating system wants it: PostgreSQL refuses to run as root, so under root (a container, a CI
 * machine) it runs as `nobody`, who then must own the data directory.
 *
 * `setpriv` leaves that user the one capability to read, and to walk through folders, where only root may, because a checkout
 * under `/root` or in a `mktemp -d` is such a folder. What reads files for others is PostgreSQL's superuser, and that
 * one is nobody but us: see `superuserAccess`. Why not simply spawn's `uid`: it cannot keep a capability.
 *
 * @returns command and arguments
 */
export function asDatabaseUser(
  command: string,
  words: readonly string[],
): [command: string, words: string[]] {
  const user = databaseUser();
  if (!user) return [command, [...words]];
  const { uid, gid } = user;
  const capability = '-all,+dac_read_search';
  return [
    'setpriv',
    [
      ...[`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
      ...[`--inh-caps=${capability}`, `--ambient-caps=${capability}`],
      ...[command, ...words],
    ],
  ];
}

/** Who runs the database instead of us and must own the data, or nobody: only root needs somebody else. */
export function databaseUser(): DatabaseUser | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined;
}

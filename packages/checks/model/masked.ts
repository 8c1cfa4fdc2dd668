const MASK = '***';

/** Names of what nobody may read: `DB_PASSWORD`, `apiKey`. */
const SECRET = String.raw`[\w.-]*(?:passw(?:or)?d|pwd|secret|token|api_?key|private_?key|credentials?)`;
const PATTERNS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // postgres://user:password@host, and Go's user:password@tcp(host)
  [/(:\/\/[^/:@\s]*:)[^/@\s]+(?=@)/g, `$1${MASK}`],
  [/((?:^|[\s"'=])[\w.-]+:)[^@\s/"']+(?=@(?:tcp|unix)?\()/g, `$1${MASK}`],
  // password=…, "password": "…", --password …
  [new RegExp(String.raw`(\b${SECRET}["']?[ \t]*[=:][ \t]*["']?)(?!\$)[^\s;&"',}]+`, 'gi'), `$1${MASK}`],
  [new RegExp(String.raw`(--${SECRET}[ \t]+)(?![-$])\S+`, 'gi'), `$1${MASK}`],
];

/** A text in which passwords are not readable: those in URLs, in connection strings, and behind a name that says so. */
export const masked = (text: string): string =>
  PATTERNS.reduce((before, [pattern, replacement]) => before.replace(pattern, replacement), text);

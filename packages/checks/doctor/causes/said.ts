import { isRecord } from '../../model/manifest.js';
import type { Code } from './codes.js';

// What a program said last, and what that means. A server's own answer is proof; a client's "refused" blames the other end.

/** A meaning of a line. */
export interface Meaning {
  readonly code: Code;
  /** Completes "Deployment shop/web: …". */
  readonly sentence: string;
  /** The host that the line names, where the other end may be at fault. */
  readonly host?: string;
  /** Whether somebody else's absence would explain it. */
  readonly blamesOthers: boolean;
  /** Whether the other end has said so itself: then it is so, whatever the reason. */
  readonly isAnswer: boolean;
  /** What mends it. */
  readonly change: string;
}

interface Rule {
  readonly pattern: RegExp;
  readonly meaning: (groups: readonly (string | undefined)[], line: string) => Omit<Meaning, 'host'>;
}

const own = (code: Code, sentence: string, change: string): Omit<Meaning, 'host'> => ({
  code,
  sentence,
  change,
  blamesOthers: false,
  isAnswer: true,
});
const others = (code: Code, sentence: string, change: string): Omit<Meaning, 'host'> => ({
  code,
  sentence,
  change,
  blamesOthers: true,
  isAnswer: false,
});
const answer = (code: Code, sentence: string, change: string): Omit<Meaning, 'host'> => ({
  ...others(code, sentence, change),
  isAnswer: true,
});

const RULES: readonly Rule[] = [
  {
    pattern:
      /password authentication failed for (?:user|role) "?([\w.-]+)|wrong password for user "([^"]+)"|Access denied for user '([^']+)'|(WRONGPASS|NOAUTH|invalid username-password pair)|28P01|MongoServerError: Authentication failed|ACCESS_REFUSED - Login was refused|SaslAuthenticationException/i,
    meaning: ([, ...users]) => {
      const user = users.find((each) => each !== undefined);
      const change = 'give the role the password of the Secret, or the Secret the password of the role';
      if (user === 'NOAUTH')
        return own('CAFE281', 'the store wants a password, and got none or a wrong one', change);
      const isName = user !== undefined && !/^(?:WRONGPASS|invalid username)/i.test(user);
      return own('CAFE281', `the store refuses its password${isName ? ` for the role ${user}` : ''}`, change);
    },
  },
  {
    pattern:
      /no pg_hba\.conf entry for host "([^"]+)", user "([^"]+)", database "([^"]+)"|Host '([^']+)' is not allowed to connect/i,
    meaning: ([, , user, database, host]) =>
      own(
        'CAFE282',
        `the database lets ${user === undefined ? `nobody in from ${host ?? 'there'}` : `${user} into ${database ?? ''} from nowhere near (pg_hba.conf)`}, or not without TLS`,
        'let it in there, or connect with TLS where the rule wants it',
      ),
  },
  {
    pattern:
      /permission denied for (?:table|schema|sequence|database|relation|function|view|column|type|language) "?([\w.-]+)|must be owner of \w+ "?([\w.-]+)|\b42501\b/i,
    meaning: ([, a, b]) =>
      own(
        'CAFE282',
        `its role lacks a right in the database${a === undefined && b === undefined ? '' : `, on ${a ?? b ?? ''}`}`,
        'GRANT it to the role, or make the role the owner',
      ),
  },
  {
    pattern:
      /relation "([^"]+)" does not exist|Table '([^']+)' doesn't exist|no such table: (\S+)|\b42P01\b/i,
    meaning: ([, a, b, c]) =>
      own(
        'CAFE282',
        `the database has no table ${a ?? b ?? c ?? 'of that name'}`,
        'run the migrations, or correct the name of the database or its search path',
      ),
  },
  {
    pattern: /connection to server on socket "([^"]+)" failed/i,
    meaning: ([, socket]) =>
      own(
        'CAFE275',
        `it asks for a database on its own machine (${socket ?? ''}): no host is configured`,
        'set the host, such as PGHOST',
      ),
  },
  {
    pattern: /role "([^"]+)" does not exist|user "([^"]+)" may not log in/i,
    meaning: ([, role, user]) =>
      own(
        'CAFE282',
        `the database has no role ${role ?? user ?? ''} that may log in`,
        `create the role, or correct the user in the configuration`,
      ),
  },
  {
    pattern:
      /database "([^"]+)" does not exist|there is no database "([^"]+)"|Unknown database '([^']+)'|3D000/i,
    meaning: ([, a, b, c]) =>
      own(
        'CAFE282',
        `there is no database ${a ?? b ?? c ?? 'of that name'}`,
        `create the database, or correct its name in the configuration`,
      ),
  },
  {
    pattern:
      /too many clients|remaining connection slots|no connection left|Too many connections|53300|max number of clients reached/i,
    meaning: () =>
      own(
        'CAFE283',
        'the database has no connection left',
        'make the pools smaller, or max_connections larger: pods × pool must fit',
      ),
  },
  {
    pattern: /database files are incompatible with server|was initialized by PostgreSQL version (\d+)/i,
    meaning: () =>
      own(
        'CAFE286',
        'the data are of another major version of PostgreSQL than the image',
        'run the image of the version that made the data, then upgrade with a dump or pg_upgrade',
      ),
  },
  {
    pattern: /initdb: error: directory .+ exists but is not empty/i,
    meaning: () =>
      own(
        'CAFE286',
        'the data folder is not empty, and holds no database: it is the root of a volume, or was left half made',
        'set PGDATA to a folder below the mount',
      ),
  },
  {
    pattern: /could not (?:extend|write(?: to)?) file.*No space left|53100|PANIC:.*No space left/i,
    meaning: () =>
      answer(
        'CAFE287',
        'the disk of the database is full',
        'make its volume larger, or delete data and VACUUM',
      ),
  },
  {
    pattern: /No space left on device|ENOSPC|could not extend file|disk of .* is full/i,
    meaning: () => own('CAFE255', 'its disk is full', 'make the volume larger, or free room on it'),
  },
  {
    pattern: /read-only transaction|takes no changes|25006|READONLY You can't write/i,
    meaning: () =>
      answer(
        'CAFE285',
        'the database takes no changes: it is a standby, or in recovery',
        'connect to the primary',
      ),
  },
  {
    pattern:
      /database system is (?:starting up|shutting down|in recovery)|is starting up or shutting down|not (?:yet )?accepting connections|57P03|LOADING Redis/i,
    meaning: () =>
      answer(
        'CAFE284',
        'the database is starting up or in recovery',
        'wait for it; its own log says how far it is',
      ),
  },
  {
    pattern:
      /ENOTFOUND|EAI_AGAIN|could not translate host name|no such host|Name or service not known|Name does not resolve|does not resolve|Could not resolve host|bad address|Temporary failure in name resolution|nodename nor servname|UnknownHostException|server misbehaving/i,
    meaning: () => others('CAFE274', 'a name does not resolve', 'correct the name, or mend DNS'),
  },
  {
    pattern:
      /ECONNREFUSED|connection refused|refused the connection|ETIMEDOUT|timed out|does not answer in time|no route to host|EHOSTUNREACH|i\/o timeout|ECONNRESET|connection reset|closed the connection|server closed the connection|Host is unreachable|context deadline exceeded/i,
    meaning: (_groups, line) =>
      others(
        'CAFE275',
        /refused/i.test(line) ? 'a connection is refused' : 'a connection is not answered',
        'mend what it connects to',
      ),
  },
  {
    pattern:
      /User "(system:serviceaccount:[^"]+)" cannot (\w+) resource "([^"]+)"(?: in API group "([^"]*)")?/i,
    meaning: ([, user = '', verb = '', resource = '', group = '']) =>
      own(
        'CAFE238',
        `its account ${user.replace('system:serviceaccount:', '').replace(':', '/')} may not ${verb} ${resource}${group === '' ? '' : `.${group}`}`,
        `kubectl auth can-i ${verb} ${resource}${group === '' ? '' : `.${group}`} --as=${user}   # give its ServiceAccount a Role with that verb, and a RoleBinding`,
      ),
  },
  {
    pattern:
      /java\.lang\.OutOfMemoryError|JavaScript heap out of memory|^MemoryError|Cannot allocate memory|std::bad_alloc|fatal error: out of memory/i,
    meaning: () =>
      own(
        'CAFE252',
        'its program has less memory than it needs',
        'raise its own limit (heap) or that of the container: kubectl set resources … --limits=memory=…',
      ),
  },
  {
    pattern:
      /(certificate has expired|CERT_HAS_EXPIRED|certificate is not (?:yet )?valid|self[- ]signed certificate|unable to verify the first certificate|unable to get local issuer certificate|certificate verify failed|certificate signed by unknown authority|ERR_TLS_CERT_ALTNAME_INVALID|certificate is (?:not )?valid for [^,;]+|PKIX path building failed|x509: [^"]+)/i,
    meaning: ([, why = '']) =>
      own(
        'CAFE237',
        `it does not accept the certificate of whom it asks: ${why}`,
        'renew the certificate, give it the right names, or let the program trust its issuer',
      ),
  },
  {
    pattern: /exec format error/i,
    meaning: () =>
      own(
        'CAFE225',
        'its program is for another processor than that of its node',
        'build the image for every platform: docker buildx build --platform linux/amd64,linux/arm64 --push',
      ),
  },
  {
    pattern:
      /Cannot find module '([^']+)'|ModuleNotFoundError: (.+)|can't open file '([^']+)'|Could not find or load main class (\S+)|MODULE_NOT_FOUND|ENOENT: [^']*'([^']+)'|([^\s:]+): No such file or directory/i,
    meaning: (groups) =>
      own(
        'CAFE255',
        `it lacks the file or module ${groups.slice(1).find((each) => each !== undefined) ?? ''}`.trim(),
        'mount it, or put it into the image',
      ),
  },
  {
    pattern: /EACCES|EROFS|Read-only file system|Permission denied|Operation not permitted/i,
    meaning: () =>
      own(
        'CAFE255',
        'it lacks a right on a file, a folder or a port',
        'mount a volume there that its user may write, or correct securityContext',
      ),
  },
];

const HOSTS: readonly RegExp[] = [
  /(?:ENOTFOUND|EAI_AGAIN) ([\w.-]+)/,
  /host name "([^"]+)"/,
  /the name "([^"]+)" does not resolve/,
  /lookup ([\w.-]+)(?: on |:)/,
  /resolve host:? '?([\w.-]+)/i,
  /bad address '([^']+)'/,
  /(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ECONNRESET) ([\w.-]+|\[[^\]]+\]):\d+/,
  /server at "([^"]+)"/,
  /(?:tcp|at|to|host) ([\w.-]+)(?:(?: port |:)\d+)/,
  /\b([\w-]+(?:\.[\w-]+)*):\d{2,5}\b(?= refused| does not answer| closed)/,
  /https?:\/\/([\w.-]+)/,
];

/** What a line means, if it is known. */
export function meaningOf(line: string): Meaning | undefined {
  for (const { pattern, meaning } of RULES) {
    const groups = pattern.exec(line);
    if (!groups) continue;
    const host = hostIn(line);
    return { ...meaning(groups, line), ...(host === undefined ? {} : { host }) };
  }
  return undefined;
}

/** The host that a line names. */
export const hostIn = (line: string): string | undefined =>
  HOSTS.map((each) => each.exec(line)?.[1]).find((each) => each !== undefined);

/** What is longer is read in the log itself. */
const LONGEST_LINE = 240;

const ERROR =
  /error|fatal|panic|exception|fail|denied|refused|cannot|could not|not found|unable|ENO|EACC|invalid|missing|must |required|wrong|no such/i;
/** Frames of a stack, and what Node, shells and those who start programs print behind an error. */
const NOISE =
  /^\s*at |^Node\.js v|^\s*\^+\s*$|^\s*[{}\])]+[;,]?\s*$|^\s*(?:code|errno|syscall|requireStack|hostname|address|port):|node:internal|^Emitted 'error' event|^npm (?:ERR!|error|notice)|^error Command failed|^make(?:\[\d+\])?: \*\*\*|^\s*\.{3} \d+ more|^\s*\d+: 0x[\da-f]+|^Traceback|^\s*File "/;

/** The line in which a program says why it ended. */
export interface TellingLine {
  readonly text: string;
  /** Whether nothing behind it sounds like an error of its own. */
  readonly isLast: boolean;
}

/** The last line that is known, else the last that sounds like an error, else the last. */
export function tellingLine(lines: readonly string[]): TellingLine | undefined {
  const texts = lines.map(messageOf).filter((line) => line.trim() !== '' && !NOISE.test(line));
  const known = texts.findLastIndex((line) => meaningOf(line) !== undefined);
  const index = known >= 0 ? known : texts.findLastIndex((line) => ERROR.test(line));
  const text = texts.at(index);
  if (text === undefined) return undefined;
  const isLast = index < 0 || !texts.slice(index + 1).some((line) => ERROR.test(line));
  return { text: text.trim().slice(0, LONGEST_LINE), isLast };
}

/** The words of a line that is JSON. */
function messageOf(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const { msg, message, err, error } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const nested = isRecord(err) ? err['message'] : (err ?? error);
    const parts = [msg ?? message, nested].filter(
      (each): each is string => typeof each === 'string' && each !== '',
    );
    return parts.length === 0 ? line : [...new Set(parts)].join(': ');
  } catch {
    return line;
  }
}

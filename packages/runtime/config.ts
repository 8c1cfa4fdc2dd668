import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** One variable that is missing or malformed. */
export interface VariableProblem {
  readonly variable: string;
  /** What is wrong, what is allowed and what to change, in one sentence. Never a password. */
  readonly message: string;
}

/** Thrown by {@link readConfig}: names every variable that is missing or malformed, not only the first. */
export class ConfigurationError extends Error {
  constructor(
    readonly service: string,
    readonly problems: readonly VariableProblem[],
  ) {
    super(problems.map(({ variable, message }) => `${service}: ${variable} ${message}`).join('\n'));
    this.name = 'ConfigurationError';
  }
}

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a service reads from its environment: a schema for each variable. */
export type Variables = Readonly<Record<string, z.ZodType<unknown, string | undefined>>>;

/** The values that {@link Variables} describe. */
export type ConfigOf<Shape extends Variables> = { readonly [Name in keyof Shape]: z.output<Shape[Name]> };

/**
 * Reads a service's variables. Nothing else in a service looks at the environment.
 *
 * @throws ConfigurationError that names every missing or malformed variable
 */
export function readConfig<Shape extends Variables>(
  service: string,
  variables: Shape,
  environment: Environment,
): ConfigOf<Shape> {
  const problems: VariableProblem[] = [];
  const values: Partial<Record<keyof Shape, unknown>> = {};
  for (const name in variables) {
    const schema = variables[name];
    if (!schema) continue;
    const read = schema.safeParse(environment[name]);
    if (read.success) values[name] = read.data;
    else
      problems.push({ variable: name, message: read.error.issues.map((issue) => issue.message).join(', ') });
  }
  if (problems.length > 0) throw new ConfigurationError(service, problems);
  // Every key of Shape was read above; TypeScript cannot follow a loop over keys.
  return values as ConfigOf<Shape>;
}

const missing = (example: string): string => `is not set; it needs a value such as ${example}`;

/** A string that must be there. */
const given = (example: string) =>
  z.string({ error: missing(example) }).refine((value) => value !== '', { error: missing(example) });

/** A whole number between two bounds; without a default it must be given. */
function wholeNumber(what: string, least: number, most: number, standard?: number) {
  return z
    .string()
    .optional()
    .transform((value, context) => {
      const found = value === undefined || value === '' ? standard : value;
      const range = `${what} is a whole number from ${least} to ${most}`;
      if (found === undefined) {
        context.addIssue({ code: 'custom', message: `is not set; ${range}` });
        return z.NEVER;
      }
      const number = Number(found);
      // Digits only: Number() alone takes "0x1538" and "5e3", too.
      if (!/^\d+$/.test(String(found)) || number < least || number > most) {
        context.addIssue({ code: 'custom', message: `is "${found}"; ${range}` });
        return z.NEVER;
      }
      return number;
    });
}

/** The kinds of variables. Each says in its message what was found, what is allowed and what to change. */
export const variable = {
  /** A TCP port; 0 lets the operating system choose, for tests. */
  listenPort: () => wholeNumber('a port', 0, 65_535),
  port: () => wholeNumber('a port', 1, 65_535),
  /** A whole number of something. */
  count: (standard: number, most = 10_000) => wholeNumber('it', 1, most, standard),
  seconds: (standard: number) => wholeNumber('a time in seconds', 0, 86_400, standard),
  milliseconds: (standard: number) => wholeNumber('a time in milliseconds', 1, 600_000, standard),
  /** A name or address without spaces. */
  host: (example: string) =>
    given(example).refine((value) => /^[\w.:[\]-]+$/.test(value), {
      error: ({ input }) => `is "${String(input)}"; it is a host name or address alone, such as ${example}`,
    }),
  text: (example: string) =>
    given(example).refine((value) => value === value.trim(), {
      error: ({ input }) => `is ${JSON.stringify(input)}; it must not begin or end with white space`,
    }),
  /** A file of certificates in PEM, which is read; nothing when it is not set. */
  certificates: () =>
    z
      .string()
      .optional()
      .transform((path, context) => {
        if (path === undefined || path === '') return undefined;
        try {
          const text = readFileSync(path, 'utf8');
          if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
          context.addIssue(`is ${path}, which holds no certificate in PEM ("-----BEGIN CERTIFICATE-----")`);
        } catch {
          context.addIssue(
            `is ${path}, which cannot be read; mount the ConfigMap or Secret with the CA there`,
          );
        }
        return z.NEVER;
      }),
  password: () =>
    given('a password, from a Secret').refine((value) => !/^\s|\s$/.test(value), {
      error:
        'begins or ends with white space, a line break perhaps; make the Secret with --from-literal or printf, not with echo',
    }),
  /** A password that need not be there; empty is not there. */
  optionalPassword: () =>
    z
      .string()
      .optional()
      .transform((value) => (value === '' ? undefined : value))
      .refine((value) => value === undefined || !/^\s|\s$/.test(value), {
        error: 'begins or ends with white space, a line break perhaps; make the Secret with --from-literal',
      }),
  /** An `http://` or `https://` address without a path. */
  url: (example: string) =>
    given(example).refine(isHttpUrl, {
      error: ({ input }) => `is "${String(input)}"; it is a URL such as ${example}`,
    }),
  oneOf: <const Choices extends readonly [string, ...string[]]>(
    choices: Choices,
    standard: Choices[number],
  ) =>
    z.preprocess(
      (value: string | undefined) => (value === undefined || value === '' ? standard : value),
      z.enum(choices, { error: ({ input }) => `is "${String(input)}"; it is one of ${choices.join(', ')}` }),
    ),
} as const;

function isHttpUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, pathname, hostname } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && pathname === '/' && hostname !== '';
}

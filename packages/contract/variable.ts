/** What came of reading one variable: its value, or what is wrong with it in one sentence. Never a password. */
export type Reading<Value> = { readonly value: Value } | { readonly problem: string };

/**
 * Who gives a variable its value in the manifest: a plain value, a call to another service, the time that such a call
 * may take, or a Secret.
 */
export type VariableSource = 'value' | 'call' | 'timeout' | 'secret';

/** One variable that a process reads from its environment. */
export interface Variable<
  Value = unknown,
  Source extends VariableSource = VariableSource,
  Required extends boolean = boolean,
> {
  readonly source: Source;
  /** Whether the process ends at its start when the variable is not there. */
  readonly required: Required;
  /** The value in a text of the environment. Both sides call it: the process at its start, the manifest's program at synth. */
  readonly read: (text: string | undefined) => Reading<Value>;
}

/** The variables that a process reads, by name. */
export type Variables = Readonly<Record<string, Variable>>;

/** The value that a variable has in the process. */
export type ValueOf<V extends Variable> = V extends Variable<infer Value> ? Value : never;

/** The values that {@link Variables} describe. */
export type ConfigOf<Reads extends Variables> = { readonly [Name in keyof Reads]: ValueOf<Reads[Name]> };

/** A variable with a default, or one that must be there. */
type Plain<Value, Standard> = Variable<Value, 'value', undefined extends Standard ? true : false>;

/** What an empty variable means: that it is not there. Kubernetes and shells make empty ones easily. */
const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

function plain<Value, Standard extends Value | undefined>(
  standard: Standard,
  missing: string,
  parse: (text: string) => Reading<Value>,
): Plain<Value, Standard> {
  return {
    source: 'value',
    required: (standard === undefined) as undefined extends Standard ? true : false,
    read: (text) => {
      const found = given(text);
      if (found !== undefined) return parse(found);
      return standard === undefined ? { problem: `is not set; ${missing}` } : { value: standard };
    },
  };
}

function wholeNumber<Standard extends number | undefined>(
  what: string,
  least: number,
  most: number,
  standard: Standard,
): Plain<number, Standard> {
  const range = `${what} is a whole number from ${least} to ${most}`;
  return plain<number, Standard>(standard, range, (text) => {
    const number = Number(text);
    // Digits only: Number() alone takes "0x1538" and "5e3", too.
    return /^\d+$/.test(text) && number >= least && number <= most
      ? { value: number }
      : { problem: `is "${text}"; ${range}` };
  });
}

/** A TCP port. */
export const port = <const Standard extends number | undefined = undefined>(
  standard?: Standard,
): Plain<number, Standard> => wholeNumber('a port', 1, 65_535, standard as Standard);

/** A TCP port to listen on; 0 lets the operating system choose, for tests. */
export const listenPort = <const Standard extends number | undefined = undefined>(
  standard?: Standard,
): Plain<number, Standard> => wholeNumber('a port', 0, 65_535, standard as Standard);

/** A whole number of something, 1 to 10,000 unless it says otherwise. */
export const count = <const Standard extends number | undefined = undefined>(
  standard?: Standard,
  { least = 1, most = 10_000 }: { readonly least?: number; readonly most?: number } = {},
): Plain<number, Standard> => wholeNumber('it', least, most, standard as Standard);

/** A time in whole seconds, up to a day. */
export const seconds = <const Standard extends number | undefined = undefined>(
  standard?: Standard,
): Plain<number, Standard> => wholeNumber('a time in seconds', 0, 86_400, standard as Standard);

/** A time in whole milliseconds, up to ten minutes. */
export const milliseconds = <const Standard extends number | undefined = undefined>(
  standard?: Standard,
): Plain<number, Standard> => wholeNumber('a time in milliseconds', 1, 600_000, standard as Standard);

/** A share of something, such as 0.1 for a tenth. */
export const share = <const Standard extends number | undefined = undefined>(
  standard?: Standard,
): Plain<number, Standard> => {
  const range = 'a share is a number from 0 to 1, such as 0.1';
  return plain<number, Standard>(standard as Standard, range, (text) =>
    /^(?:0|1|0?\.\d+|1\.0+)$/.test(text) ? { value: Number(text) } : { problem: `is "${text}"; ${range}` },
  );
};

/** The address of something that need not be there; empty is not there. */
export const optionalUrl = (example = 'http://name:4318'): Variable<string | undefined, 'value', false> => ({
  source: 'value',
  required: false,
  read: (found) => {
    if (given(found) === undefined) return { value: undefined };
    const value = found ?? '';
    return isHttpAddress(value) ? { value } : { problem: `is "${value}"; it is written like ${example}` };
  },
});

/** A text without white space at its ends. */
export const text = <const Standard extends string | undefined = undefined>(
  standard?: Standard,
  example = 'a text',
): Plain<string, Standard> =>
  plain<string, Standard>(standard as Standard, `it needs a value such as ${example}`, (value) =>
    value === value.trim()
      ? { value }
      : { problem: `is ${JSON.stringify(value)}; it must not begin or end with white space` },
  );

/** A name or address alone, without a port or spaces. */
export const host = (example = 'db'): Plain<string, undefined> =>
  plain(undefined, `it needs a value such as ${example}`, (value) =>
    /^[\w.:[\]-]+$/.test(value)
      ? { value }
      : { problem: `is "${value}"; it is a host name or address alone, such as ${example}` },
  );

/** One of a few words. */
export const oneOf = <
  const Choices extends readonly [string, ...string[]],
  const Standard extends Choices[number] | undefined = undefined,
>(
  choices: Choices,
  standard?: Standard,
): Plain<Choices[number], Standard> => {
  const allowed = `it is one of ${choices.join(', ')}`;
  return plain<Choices[number], Standard>(standard as Standard, allowed, (value) =>
    isOneOf(choices, value) ? { value } : { problem: `is "${value}"; ${allowed}` },
  );
};

const isOneOf = <Choices extends readonly string[]>(
  choices: Choices,
  value: string,
): value is Choices[number] => choices.includes(value);

/** How a callee's address is written. */
export type AddressForm = 'url' | 'host' | 'host:port';

/** A variable that a call to another service fills. */
export interface CallVariable extends Variable<string, 'call', true> {
  readonly form: AddressForm;
}

/**
 * Where another service is. An edge of the manifest's program fills it, and nothing else.
 *
 * @param form - `url` is `http://name:port`. @default 'url'
 */
export function calls(form: AddressForm = 'url'): CallVariable {
  const example = form === 'url' ? 'http://name:8080' : form === 'host' ? 'name' : 'name:8080';
  const fits =
    form === 'url'
      ? isHttpUrl
      : (value: string) => (form === 'host' ? /^[\w.-]+$/ : /^[\w.-]+:\d+$/).test(value);
  return {
    source: 'call',
    required: true,
    form,
    read: (found) => {
      if (given(found) === undefined) return { problem: `is not set; it needs a value such as ${example}` };
      const value = found ?? '';
      return fits(value) ? { value } : { problem: `is "${value}"; it is written like ${example}` };
    },
  };
}

const isHttpUrl = (value: string): boolean => isHttpAddress(value) && new URL(value).pathname === '/';

/** With a path, too. */
function isHttpAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && hostname !== '';
}

/** A variable that holds how long a call may take. */
export interface TimeoutVariable<Of extends string = string> extends Variable<number, 'timeout', false> {
  /** The variable of the call. */
  readonly of: Of;
}

/**
 * How long a call may take in milliseconds, retries included. The same edge fills it that fills the call's variable.
 *
 * @param of - the name of the variable that {@link calls} declares
 * @param standard - where no edge says it, such as in a test
 */
export function timeoutOf<const Of extends string>(of: Of, standard: number): TimeoutVariable<Of> {
  return { source: 'timeout', required: false, of, read: milliseconds(standard).read };
}

/** A password or key, from a Secret. Messages never show it. */
export function secret(): Variable<string, 'secret', true> {
  return {
    source: 'secret',
    required: true,
    read: (found) =>
      given(found) === undefined
        ? { problem: 'is not set; it needs a password, from a Secret' }
        : trimmed(found ?? ''),
  };
}

/**
 * A password that need not be there; empty is not there.
 *
 * @param atLeast - characters that it has when it is there. @default 1
 */
export function optionalSecret(atLeast = 1): Variable<string | undefined, 'secret', false> {
  return {
    source: 'secret',
    required: false,
    read: (found) => {
      if (given(found) === undefined) return { value: undefined };
      const { length } = found ?? '';
      return length < atLeast
        ? { problem: `has ${length} characters; it needs at least ${atLeast}. Change it in its Secret` }
        : trimmed(found ?? '');
    },
  };
}

const trimmed = (value: string): Reading<string> =>
  /^\s|\s$/.test(value)
    ? {
        problem:
          'begins or ends with white space, a line break perhaps; make the Secret with --from-literal or printf, not with echo',
      }
    : { value };

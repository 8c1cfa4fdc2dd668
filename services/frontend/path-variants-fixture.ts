/** A way to write a path otherwise, which a sloppy router, proxy or guard may take for the same one. */
export interface PathVariant {
  readonly kind: string;
  /** As it stands in the request line. */
  readonly target: string;
}

type Rewrite = (path: string) => string;

const encoded = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
const capital = (text: string): string => text.replace(/[a-z]/, (letter) => letter.toUpperCase());
/** The first `k`, or else the first letter, as another character that looks or folds like it. */
const likeness: Rewrite = (path) =>
  path.includes('k') ? path.replace('k', '%E2%84%AA') : path.replace(/[a-z]/, '%EF%BD%81');

const KINDS: Readonly<Record<string, Rewrite>> = {
  'as it is': (path) => path,
  'upper case': (path) => path.toUpperCase(),
  'a capital at the beginning': capital,
  'a capital at the end': (path) => path.replace(/[^/]*$/, capital),
  'a slash at the end': (path) => `${path}/`,
  'two slashes at the end': (path) => `${path}//`,
  'two slashes at the beginning': (path) => `/${path}`,
  'two slashes at the last place': (path) => path.replace(/\/([^/]*)$/, '//$1'),
  'a dot in front': (path) => `/.${path}`,
  'a dot at the end': (path) => `${path}/.`,
  'up and down in front': (path) => `/x/..${path}`,
  'up at the end': (path) => `${path}/x/..`,
  'an encoded dot in front': (path) => `/%2e${path}`,
  'encoded up and down': (path) => `/x/%2e%2e${path}`,
  'the last slash encoded': (path) => path.replace(/\/([^/]*)$/, '%2f$1'),
  'the last slash encoded twice': (path) => path.replace(/\/([^/]*)$/, '%252F$1'),
  'an encoded slash in front': (path) => `/%2f${path.slice(1)}`,
  'one letter encoded': (path) => path.replace(/[a-z]/, encoded),
  'the last part encoded': (path) => path.replace(/[^/]*$/, (part) => part.replaceAll(/\w/g, encoded)),
  'a backslash': (path) => path.replace(/\/([^/]*)$/, '\\$1'),
  'an encoded backslash': (path) => path.replace(/\/([^/]*)$/, '%5c$1'),
  'a parameter at the end': (path) => `${path};a=b`,
  'a parameter in the first part': (path) => path.replace(/^\/([^/]*)/, '/$1;a=b'),
  'a query': (path) => `${path}?a=b`,
  'a query and a slash': (path) => `${path}/?a=b`,
  'a fragment': (path) => `${path}#a`,
  'a space at the end': (path) => `${path}%20`,
  'a NUL at the end': (path) => `${path}%00`,
  'a file type': (path) => `${path}.json`,
  'a likeness in Unicode': likeness,
  'an overlong slash': (path) => path.replace(/\/([^/]*)$/, '%c0%af$1'),
  'a whole address': (path) => `http://localhost${path}`,
};

/** A path in every way that we know of to write it otherwise. */
export function variantsOf(path: string): readonly PathVariant[] {
  return Object.entries(KINDS).map(([kind, rewrite]) => ({ kind, target: rewrite(path) }));
}

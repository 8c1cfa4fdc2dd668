import type { ParseArgsConfig } from 'node:util';
import type { CheckOptions } from '../proofs/proof.js';
import type { Configuration } from './configuration.js';
import type { Objects } from './directory.js';
import { folderOf, readInput } from './input.js';
import { withPointedTo } from './pointed-to.js';
import { chartsBelow, declaredReleases, readRelease, type ReleaseArgument, releasesOf } from './releases.js';

/** What each command says of these options. */
export const INPUT_HELP = `  -R, --recursive         the folders below as well
  -n, --namespace NAME    where the objects go that name no namespace, as in "kubectl -n" (default: the one that the
                          others name)
  --release NAME=chartdir[@namespace]
                          a Helm release that the manifests rely on; the charts in dir/helm that have a release.json
                          are known without it. Rendered by helm when it is installed, else as release.json says
                          (default namespace: the one of the manifests)
  --no-release            no release, not even those in dir/helm`;

/** The options of every command that looks at manifests. */
export const INPUT_OPTIONS = {
  release: { type: 'string', multiple: true, default: [] },
  'no-release': { type: 'boolean', default: false },
  recursive: { type: 'boolean', short: 'R', default: false },
  namespace: { type: 'string', short: 'n' },
} as const satisfies ParseArgsConfig['options'];

/** What came of them. */
export interface InputValues {
  readonly release: readonly string[];
  readonly 'no-release': boolean;
  readonly recursive: boolean;
  readonly namespace?: string | undefined;
}

/** What is looked at, and what is known besides. */
export interface ObjectsInput extends Pick<
  CheckOptions,
  'namespace' | 'makes' | 'releases' | 'unknownReleases'
> {
  readonly objects: Objects;
  /** The one folder that is looked at, for what git says of it. */
  readonly folder: string | undefined;
  /** What is there, or pointed to, and was not read, a line each. */
  readonly notRead: readonly string[];
}

/**
 * Reads the targets, and the releases that they rely on.
 *
 * @param positionals - files, folders or `-`; none is the folder `dist`
 * @throws Error when one is not there, holds nothing, or needs a tool that is not here
 */
export function readObjects(
  positionals: readonly string[],
  values: InputValues,
  configuration: Pick<Configuration, 'namespace' | 'makes'>,
  readStandardInput: () => string,
): ObjectsInput {
  const targets = positionals.length === 0 ? ['dist'] : positionals;
  const given = readInput({ targets, recursive: values.recursive, readStandardInput });
  const folder = folderOf(targets);
  const namespaces = new Set(
    given.manifests.flatMap(({ namespace }) => (namespace === '' ? [] : [namespace])),
  );
  const asked = values.release.map((text) => releaseArgument(text, namespaces));
  const known = releasesOf(asked, declaredReleases(folder === undefined ? [] : chartsBelow(folder)));
  const { manifests, unreadable, releases, ...others } = withPointedTo(
    given,
    targets,
    values.recursive,
    known,
  );
  if (manifests.length + unreadable.length + releases.length === 0) {
    throw new Error(['nothing that is there can be read:', ...others.notRead].join('\n  '));
  }
  return {
    objects: { manifests, unreadable },
    folder,
    ...others,
    namespace: values.namespace ?? configuration.namespace,
    makes: configuration.makes,
    releases: values['no-release'] ? [] : [...known.map(readRelease), ...releases],
  };
}

function releaseArgument(text: string, namespaces: ReadonlySet<string>): ReleaseArgument {
  const [, name, directory, given] = /^([^=]+)=(.+?)(?:(?<=[^/])@([a-z0-9-]+))?$/.exec(text) ?? [];
  if (name === undefined || directory === undefined) {
    throw new Error(
      `--release is "${text}"; write NAME=chartdir or NAME=chartdir@namespace, such as shop-db=charts/postgresql.`,
    );
  }
  const [namespace = 'default', ...others] = given === undefined ? namespaces : [given];
  if (others.length > 0) {
    throw new Error(
      `the manifests are in the namespaces ${[namespace, ...others].join(', ')}; write in which one the release is, as in --release ${text}@${namespace}.`,
    );
  }
  return { name, namespace, directory };
}

import type { Journal } from '../journal.js';
import type { DatabaseRelease } from './release.js';

/** What the scenarios are given. */
export interface DatabaseSurroundings {
  /** A namespace of the tests' own, which is deleted with everything in it afterwards. */
  readonly namespace: string;
  /** The release that the scenarios share; each installs it when it is not there. */
  readonly release: DatabaseRelease;
  /** A tag of the database's image of another major version. @default - the move is one to another size */
  readonly upgradeTo: string | undefined;
  /** `registry/repository:tag` of a postgres_exporter that the nodes can pull. */
  readonly exporterImage: string | undefined;
}

/** Something that happens to a database. */
export interface DatabaseScenario {
  /** To choose it on the command line. */
  readonly name: string;
  readonly title: string;
  /** Why it cannot be tried here, or nothing. */
  readonly cannot?: (surroundings: DatabaseSurroundings) => Promise<string | undefined> | string | undefined;
  readonly run: (journal: Journal, surroundings: DatabaseSurroundings) => Promise<void>;
}

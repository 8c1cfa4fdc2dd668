import type { Journal } from '../journal.js';
import type { Pointer } from './pointers.js';
import type { GitRepository } from './repository.js';

/** What a controller's scenarios are given. */
export interface Surroundings {
  /** Those of its objects whose kind the cluster knows. */
  readonly pointers: readonly Pointer[];
  readonly repository: GitRepository;
  readonly workspace: string;
}

/** A controller that applies a git repository. */
export interface GitOps {
  readonly title: string;
  /** The kinds without which it is not there. */
  readonly needs: readonly string[];
  /** What is told it, with the address of the repository. */
  readonly pointers: (url: string) => readonly Pointer[];
  readonly run: (journal: Journal, surroundings: Surroundings) => Promise<void>;
}

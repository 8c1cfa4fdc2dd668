import type { KubernetesObject } from './objects.js';

/** A fault with the answer that its author would have needed, written before the doctor was asked. */
export interface Fault {
  readonly name: string;
  /** @param namespace - for what is in none */
  readonly objects: (namespace: string) => readonly KubernetesObject[];
  /** Each root: its code, and a word of its sentence. No other root may be named *proven*. */
  readonly roots: readonly (readonly [code: string, word: string])[];
  /** Whether connections are tried from inside its pods; with an image where theirs cannot. @default false */
  readonly probe?: boolean | { readonly image: string };
  /** The Pod Security level that the namespace enforces. @default - none */
  readonly security?: string;
  /** Command lines before its objects are made; `NAMESPACE` is set. @default - none */
  readonly before?: readonly string[];
  /** Command lines after its objects were made: what goes wrong later. @default - none */
  readonly then?: readonly string[];
  /** Command lines that restore what is outside its namespace, whatever happens. Such a fault is tried alone. @default - none */
  readonly restore?: readonly string[];
}

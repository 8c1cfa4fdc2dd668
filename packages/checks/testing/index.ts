// For the tests of this package and of those who use it.
export type { Rendering } from './chart-template.js';
export { installedAs, type Mutation, reportAfter, set, type System, unset } from './mutation.js';

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../check.js';
import { rendered } from './chart-template.js';
import { type Mutation, reportAfter, type System } from './mutation.js';

/** The fixture without a fault. */
export const BOOKSHOP = fileURLToPath(new URL('../fixtures/bookshop', import.meta.url));

/** The bookshop as the checks see it. */
export const BOOKSHOP_SYSTEM: System = {
  manifests: join(BOOKSHOP, 'bookshop.yaml'),
  chart: join(BOOKSHOP, 'helm/postgresql'),
  release: 'bookshop',
  namespace: 'bookshop',
  render: rendered,
};

/** The report on the bookshop, after these changes. */
export const bookshopAfter = (...mutations: readonly Mutation[]): Report =>
  reportAfter(BOOKSHOP_SYSTEM, ...mutations);

import { changedSecret } from './changed-secret.js';
import { exponent } from './exponent.js';
import { newEachTime } from './new-each-time.js';
import { notRendered } from './not-rendered.js';
import { podsOfOthers } from './pods-of-others.js';
import { renamed } from './renamed.js';
import { sameObject } from './same-object.js';

/** A chart works under every name and value, twice, beside itself, and after an older version. */
export const CHART_PROOFS = [
  notRendered,
  sameObject,
  podsOfOthers,
  newEachTime,
  renamed,
  changedSecret,
  exponent,
] as const;

import { keptData } from './kept-data.js';

/** Nothing deletes data by the way. */
export const DATA_PROOFS = [keptData] as const;

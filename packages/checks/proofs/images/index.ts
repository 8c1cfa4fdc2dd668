import { imageVersion } from './image-version.js';

/** What runs is what was named. */
export const IMAGE_PROOFS = [imageVersion] as const;

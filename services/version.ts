import packageJson from '../package.json' with { type: 'json' };

/** The version that stands in the image's tag. */
export const VERSION: string = packageJson.version;

/** The version of this program, from its package, so that it is written down once. */
import packageFile from '../../package.json' with { type: 'json' };

export const version: string = packageFile.version;

/** Names of files in a home that more than one program knows: the daemon writes them, the command line reads them. */

/** One JSON object per line; older ones are beside it as `.1`, `.2`, … */
export const LOG_FILE = 'logs/rouse.log';

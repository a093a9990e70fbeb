/**
 * Loaded into the daemon before its own code (`--expose-gc --import`): at SIGUSR2 it writes what is left of its memory after
 * a collection into the file that ROUSE_SOAK_MEMORY names.
 */
import { renameSync, writeFileSync } from 'node:fs';

const file = process.env['ROUSE_SOAK_MEMORY'];

process.on('SIGUSR2', () => {
  // Twice: what finalizers let go of in the first is collected in the second.
  globalThis.gc?.();
  globalThis.gc?.();
  if (file === undefined) return;
  writeFileSync(`${file}.new`, JSON.stringify(process.memoryUsage()));
  renameSync(`${file}.new`, file);
});

/** What a `rouse-package.toml` says of itself. Its definitions are judged when it is loaded, entry by entry. */
import { join } from 'node:path';
import { nodeConfigFiles } from './config-files.ts';
import { PACKAGE_FILE } from './guest-files.ts';
import { packageKeys } from './keys/guest-keys.ts';
import { readTable } from './key-reader.ts';
import { ProblemList } from './problem-list.ts';
import { readSourceFile } from './source-file.ts';

/** As npm has them: with or without a scope, in lower case. */
const NAME = /^(?:@[a-z0-9][a-z0-9._-]{0,99}\/)?[a-z0-9][a-z0-9._-]{0,99}$/;
const VERSION_LENGTH_MAX = 100;

export type ManifestReading = { ok: true; name: string; version: string } | { ok: false; reason: string };

/** `folder` is absolute. */
export async function readPackageManifest(folder: string): Promise<ManifestReading> {
  const file = join(folder, PACKAGE_FILE);
  const reading = await readSourceFile({ file, files: nodeConfigFiles() });
  if (reading.outcome === 'missing') return { ok: false, reason: `there is no ${file}` };
  if (reading.outcome === 'broken') {
    const { line, message } = reading.problem;
    return { ok: false, reason: `${file}${line === undefined ? '' : `:${line}`}: ${message}` };
  }
  const { source } = reading;
  const problems = new ProblemList();
  const { given } = readTable({ fields: packageKeys, layers: [{ source, table: source.table, path: [] }], problems });
  const { name, version } = given;
  if (name === undefined || !NAME.test(name)) {
    return { ok: false, reason: `${file}: it needs a name in lower case, such as name = "nightly-review"` };
  }
  if (version === undefined || version.trim() === '' || version.length > VERSION_LENGTH_MAX) {
    return { ok: false, reason: `${file}: it needs a version, such as version = "1.0.0"` };
  }
  return { ok: true, name, version };
}

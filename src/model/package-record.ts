/** A package that was added: a folder with a `rouse-package.toml`, whose definitions have source `package`. */
import type { EpochMs } from './instant.ts';

export interface PackageRecord {
  /** As its manifest says; unique. */
  name: string;
  version: string;
  kind: 'folder' | 'npm';
  /** What was asked for: a folder, or a name in the npm registry with or without version. */
  spec: string;
  /** The folder of the manifest; absolute. */
  path: string;
  added_at: EpochMs;
}

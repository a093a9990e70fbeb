/** The part of the store port that remembers which packages were added. What they define is kept with the definitions. */
import type { PackageRecord } from '../model/package-record.ts';

export interface PackageStore {
  /** Adds a package, or takes the place of the one with the same name. */
  putPackage(p: { record: PackageRecord }): Promise<void>;
  /** By name. */
  listPackages(): Promise<PackageRecord[]>;
  deletePackage(p: { name: string }): Promise<{ outcome: 'deleted' | 'not_found' }>;
}

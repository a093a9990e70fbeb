/**
 * Adds and removes packages: finds the folder, reads its manifest, remembers it, and lets the configuration follow. What
 * a package defines is loaded with the rest of the configuration, entry by entry.
 */
import { realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { readPackageManifest } from '../config/package-manifest.ts';
import { AppError } from '../errors/app-error.ts';
import type { PackageRecord } from '../model/package-record.ts';
import type { PackageStore } from '../store/package-store.ts';
import { installFromNpm, npmNameOf } from './npm-install.ts';

export interface PackageDeskDeps {
  store: PackageStore;
  clock: Clock;
  /** Where packages from npm lie; made when the first one comes. */
  folder: string;
  environment: Readonly<Record<string, string | undefined>>;
  /** Lets what is defined follow what was added or removed. */
  reload: () => Promise<void>;
}

export class PackageDesk {
  readonly #deps: PackageDeskDeps;

  constructor(deps: PackageDeskDeps) {
    this.#deps = deps;
  }

  list(): Promise<PackageRecord[]> {
    return this.#deps.store.listPackages();
  }

  /**
   * `spec`: the absolute path of a folder, or a name in the npm registry. One that is there already under its name is
   * replaced. Throws `package_invalid`, `package_install_failed`.
   */
  async add(p: { spec: string }): Promise<PackageRecord> {
    const { store, clock } = this.#deps;
    const { path, kind } = await this.#find(p.spec);
    const manifest = await readPackageManifest(path);
    if (!manifest.ok) throw new AppError('package_invalid', { spec: p.spec, reason: manifest.reason });
    const { name, version } = manifest;
    const record: PackageRecord = { name, version, kind, spec: p.spec, path, added_at: clock.now() };
    await store.putPackage({ record });
    await this.#deps.reload();
    return record;
  }

  /** What it defined goes; what runs goes on, history stays. Throws `package_not_found`. */
  async remove(p: { name: string }): Promise<void> {
    const record = (await this.list()).find(({ name }) => name === p.name);
    if (record === undefined) throw new AppError('package_not_found', { name: p.name });
    await this.#deps.store.deletePackage({ name: p.name });
    await this.#deps.reload();
    const npmName = record.kind === 'npm' ? npmNameOf(record.spec) : undefined;
    if (npmName !== undefined) await rm(this.#npmFolder(npmName), { recursive: true, force: true });
  }

  async #find(spec: string): Promise<{ path: string; kind: PackageRecord['kind'] }> {
    if (spec.startsWith('/')) {
      const path = await realpath(spec).catch(() => undefined);
      const isFolder = path !== undefined && (await stat(path)).isDirectory();
      if (!isFolder) throw new AppError('package_invalid', { spec, reason: 'there is no such folder' });
      return { path, kind: 'folder' };
    }
    const name = npmNameOf(spec);
    if (name === undefined) {
      const reason = 'it is neither an absolute path nor a name in the npm registry such as "@acme/reviews@1.2.0"';
      throw new AppError('package_invalid', { spec, reason });
    }
    const { clock, environment } = this.#deps;
    const folder = this.#npmFolder(name);
    return { path: await installFromNpm({ spec, name, folder, environment, clock }), kind: 'npm' };
  }

  #npmFolder(name: string): string {
    return join(this.#deps.folder, name.replace('/', '__'));
  }
}

/**
 * Notices changes of the configuration files: once per settled change, whatever way an editor saves.
 *
 * Folders are watched, not files: a watched file goes deaf after the first save by renaming. An event is only a reason to
 * look; whether anything changed is decided by the content. A slow poll stands behind it, for file systems without events,
 * exhausted watches and folders that were deleted and made again. A crash loses nothing: the next start loads everything.
 */
import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EXTRA_FOLDER, fingerprintConfig, isMainFileEmpty, MAIN_FILE } from './config-sources.ts';
import { nodeConfigFiles } from './config-files.ts';
import type { Clock } from '../clock/clock.ts';
import type { ConfigFiles } from './config-files.ts';
import type { Guest } from './guest-files.ts';
import type { FSWatcher } from 'node:fs';

/** An editor's save is several events within a few milliseconds. */
export const DEBOUNCE_MS = 100;
/** A file that never rests is looked at after this time all the same. */
const DEBOUNCE_MS_MAX = 2_000;
export const POLL_MS = 3_000;
/**
 * A main file that is missing or blank for less is on its way: somebody moves a folder, copies over a slow network,
 * switches a branch. Believed, it would delete every definition, end what waits and begin every grid anew.
 */
export const EMPTY_MS = 3_000;

export interface ConfigWatcherParams {
  /** Absolute. */
  home: string;
  clock: Clock;
  /** `LoadedConfig.fingerprint` of what is in effect: a change between loading and watching is not missed. */
  fingerprint: string;
  /** The files are other than they were at the last call. Whoever is called loads them. */
  onChange: () => void;
  files?: ConfigFiles;
  /** Files elsewhere that count too, as they are now; they are looked at with every poll. */
  guests?: () => readonly Guest[];
}

interface WatchedFolder {
  watcher: FSWatcher;
  /** Tells a folder from another one that took its place. */
  identity: string;
}

export class ConfigWatcher {
  readonly #home: string;
  readonly #clock: Clock;
  readonly #files: ConfigFiles;
  readonly #guests: () => readonly Guest[];
  readonly #onChange: () => void;
  readonly #folders = new Map<string, WatchedFolder>();
  #fingerprint: string;
  #cancelPoll: () => void = () => {};
  #cancelDebounce: (() => void) | undefined;
  /** Monotonic, of the first event not yet looked at. */
  #waitingSinceMs: number | undefined;
  #looking: Promise<void> | undefined;
  /** A change that was seen once. */
  #candidate: { fingerprint: string; atMs: number } | undefined;
  #lookAgain = false;
  #closed = false;

  constructor(p: ConfigWatcherParams) {
    this.#home = p.home;
    this.#clock = p.clock;
    this.#files = p.files ?? nodeConfigFiles();
    this.#guests = p.guests ?? (() => []);
    this.#onChange = p.onChange;
    this.#fingerprint = p.fingerprint;
  }

  /** Resolves when the folders are watched; a change from before that is told like any other. */
  async start(): Promise<void> {
    await this.#look();
    this.#schedulePoll();
  }

  /** Idempotent. No call comes afterwards; resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelPoll();
    this.#cancelDebounce?.();
    await this.#looking;
    for (const folder of this.#folders.keys()) this.#unwatch(folder);
  }

  #schedulePoll(): void {
    if (this.#closed) return;
    this.#cancelPoll = this.#clock.after(POLL_MS, () => {
      void this.#look().then(() => this.#schedulePoll());
    });
  }

  /** Looks now; when a look is under way already, once more after it. */
  async #look(): Promise<void> {
    if (this.#closed) return;
    if (this.#looking !== undefined) {
      this.#lookAgain = true;
      return this.#looking;
    }
    this.#looking = this.#lookUntilQuiet();
    await this.#looking;
  }

  async #lookUntilQuiet(): Promise<void> {
    do {
      this.#lookAgain = false;
      // Watched first, read afterwards: what changes in between raises an event.
      await this.#watchFolder(this.#home);
      await this.#watchFolder(join(this.#home, EXTRA_FOLDER));
      const own = { home: this.#home, files: this.#files };
      const fingerprint = await fingerprintConfig({ ...own, guests: this.#guests() });
      const isEmpty = fingerprint !== this.#fingerprint && (await isMainFileEmpty(own));
      this.#judge(fingerprint, isEmpty ? EMPTY_MS : DEBOUNCE_MS);
    } while (this.#lookAgain && !this.#closed);
    this.#looking = undefined;
  }

  /**
   * A change counts when it looks the same twice, so far apart: between truncating and writing a file is empty, and
   * between deleting and making it anew it is missing, and both would delete every definition.
   */
  #judge(fingerprint: string, apartMs: number): void {
    if (this.#closed) return;
    const seen = this.#candidate;
    this.#candidate = undefined;
    if (fingerprint === this.#fingerprint) return;
    const nowMs = this.#clock.monotonicMs();
    if (seen?.fingerprint === fingerprint && nowMs - seen.atMs >= apartMs) {
      this.#fingerprint = fingerprint;
      this.#onChange();
      return;
    }
    this.#candidate = seen?.fingerprint === fingerprint ? seen : { fingerprint, atMs: nowMs };
    this.#lookAfterDebounce();
  }

  async #watchFolder(folder: string): Promise<void> {
    const identity = await identityOf(folder);
    if (this.#closed || this.#folders.get(folder)?.identity === identity) return;
    this.#unwatch(folder);
    if (identity === undefined) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => this.#noticed(folder, name));
      // Deleted under the watch, or out of watches: the poll sees to it.
      watcher.on('error', () => this.#unwatch(folder));
      this.#folders.set(folder, { watcher, identity });
    } catch {
      // No events on this file system: the poll stays.
    }
  }

  #unwatch(folder: string): void {
    this.#folders.get(folder)?.watcher.close();
    this.#folders.delete(folder);
  }

  /** The database in the home changes all the time: only names that mean configuration count. */
  #noticed(folder: string, name: string | null): void {
    const isOurs =
      name === null ||
      (folder === this.#home ? name === MAIN_FILE || name === EXTRA_FOLDER : name.endsWith('.toml')) ||
      // A folder tells its own end by its own name.
      folder.endsWith(name);
    if (!isOurs || this.#closed) return;
    this.#lookAfterDebounce();
  }

  #lookAfterDebounce(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#waitingSinceMs ??= nowMs;
    this.#cancelDebounce?.();
    const left = this.#waitingSinceMs + DEBOUNCE_MS_MAX - nowMs;
    this.#cancelDebounce = this.#clock.after(Math.max(0, Math.min(DEBOUNCE_MS, left)), () => {
      this.#waitingSinceMs = undefined;
      this.#cancelDebounce = undefined;
      void this.#look();
    });
  }
}

async function identityOf(folder: string): Promise<string | undefined> {
  try {
    const { dev, ino, birthtimeMs } = await stat(folder);
    return `${dev}:${ino}:${birthtimeMs}`;
  } catch {
    return undefined;
  }
}

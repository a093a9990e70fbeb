/**
 * Notices changes of files below one folder and tells them together, once they have settled.
 *
 * Folders are watched, not files: a watched file goes deaf after the first save by renaming. An event is only a reason to
 * look; what changed is decided by comparing what is there with what was there, so a temporary file of an editor, or a
 * file written and taken back, is no change. A slow round stands behind it, for file systems without events and for
 * watches that the system has no room for. What changes while nobody watches is not told.
 */
import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock/clock.ts';
import type { WatchPatterns } from './watch-patterns.ts';

export interface FileChange {
  /** Relative, with forward slashes. */
  path: string;
  change: 'added' | 'changed' | 'removed';
}

/**
 * From an event to the look at its folder: an editor's save is several events within a few milliseconds. Where a look takes
 * long, so many times as long: a folder of a hundred thousand files in which something always moves is no reason to do
 * nothing else.
 */
const LOOK_MS = 50;
const LOOK_SHARE = 4;
/** Files that never rest are told after so many debounce times all the same. */
const DEBOUNCES_MAX = 10;
/** The whole tree is looked at this often, events or not, or so many times as rarely as that look takes. */
const ROUND_MS = 30_000;
const ROUND_SHARE = 50;
/** Waiting time after changes could not be told. */
const TROUBLE_MS = 1000;
/** Beyond these a tree is watched in part, and that is said. */
const FOLDERS_MAX = 10_000;
const FILES_MAX = 100_000;
/** Names that are read of a folder at once: one may hold a million. */
const NAMES_PER_READ = 1_024;

export interface TreeWatchParams {
  /** Absolute. */
  folder: string;
  patterns: WatchPatterns;
  debounceMs: number;
  clock: Clock;
  /** Rejects when the changes could not be told; then they are told again, with what changed meanwhile. */
  tell: (changes: FileChange[]) => Promise<void>;
  /** What stands in the way of watching, or undefined when nothing does any more. */
  onTrouble: (trouble: string | undefined) => void;
  /** Instead of {@link FILES_MAX}. */
  filesMax?: number;
}

interface WatchedFolder {
  watcher: FSWatcher | undefined;
  files: Map<string, string>;
  folders: Set<string>;
}

/** The folder itself. */
const ROOT = '';

export class TreeWatch {
  readonly #p: TreeWatchParams;
  readonly #filesMax: number;
  readonly #folders = new Map<string, WatchedFolder>();
  readonly #dirty = new Set<string>();
  /** What was there when a path first changed since the last telling; undefined: nothing was. */
  #pending = new Map<string, string | undefined>();
  #pendingSinceMs = 0;
  #files = 0;
  #settled = false;
  #trouble: string | undefined;
  #turn: Promise<void> = Promise.resolve();
  #cancelLook: (() => void) | undefined;
  #cancelTell: (() => void) | undefined;
  #cancelRound: () => void = () => {};
  #closed = false;
  #roundMs = ROUND_MS;
  #lookMs = LOOK_MS;

  constructor(p: TreeWatchParams) {
    this.#p = p;
    this.#filesMax = p.filesMax ?? FILES_MAX;
  }

  /** Resolves when everything that is there is known; changes from then on are told. */
  async start(): Promise<void> {
    await this.#timed(this.#inTurn(() => this.#visit(ROOT)));
    this.#settled = true;
    this.#scheduleRound();
  }

  /** Idempotent. Nothing is told afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelLook?.();
    this.#cancelTell?.();
    this.#cancelRound();
    await this.#turn;
    for (const folder of [...this.#folders.keys()]) this.#unwatch(folder);
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      if (!this.#closed) await step();
    });
    return this.#turn;
  }

  #scheduleRound(): void {
    if (this.#closed) return;
    this.#cancelRound = this.#p.clock.after(this.#roundMs, () => {
      for (const folder of this.#folders.keys()) this.#dirty.add(folder);
      this.#dirty.add(ROOT);
      void this.#timed(this.#look({ isRound: true })).then(() => this.#scheduleRound());
    });
  }

  /** A tree that takes seconds to look at is looked at in minutes: rounds are a remedy, not an occupation. */
  async #timed(look: Promise<void>): Promise<void> {
    const { clock } = this.#p;
    const beganMs = clock.monotonicMs();
    await look;
    this.#roundMs = Math.max(ROUND_MS, ROUND_SHARE * (clock.monotonicMs() - beganMs));
  }

  #touched(folder: string): void {
    this.#dirty.add(folder);
    this.#cancelLook ??= this.#p.clock.after(this.#lookMs, () => {
      this.#cancelLook = undefined;
      void this.#look();
    });
    // Still moving: what is waiting to be told waits on.
    if (this.#pending.size > 0) this.#scheduleTell();
  }

  #look(p: { isRound?: boolean } = {}): Promise<void> {
    return this.#inTurn(async () => {
      const { clock } = this.#p;
      const beganMs = clock.monotonicMs();
      const dirty = [...this.#dirty];
      this.#dirty.clear();
      for (const folder of dirty) {
        if (folder === ROOT || this.#folders.has(folder)) await this.#visit(folder);
      }
      if (p.isRound !== true) this.#lookMs = Math.max(LOOK_MS, LOOK_SHARE * (clock.monotonicMs() - beganMs));
      if (this.#pending.size > 0 && this.#cancelTell === undefined) this.#scheduleTell();
    });
  }

  #scheduleTell(): void {
    const { clock, debounceMs } = this.#p;
    this.#cancelTell?.();
    const latestMs = this.#pendingSinceMs + DEBOUNCES_MAX * debounceMs - clock.monotonicMs();
    this.#cancelTell = clock.after(Math.max(0, Math.min(debounceMs, latestMs)), () => {
      this.#cancelTell = undefined;
      void this.#tell();
    });
  }

  #tell(): Promise<void> {
    return this.#inTurn(async () => {
      const pending = this.#pending;
      this.#pending = new Map();
      const changes = [...pending].flatMap(([path, before]) => changeOf(path, { before, now: this.#stampOf(path) }));
      if (changes.length === 0) return;
      try {
        await this.#p.tell(changes.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
      } catch {
        this.#pending = new Map([...this.#pending, ...pending]);
        this.#cancelTell = this.#p.clock.after(TROUBLE_MS, () => {
          this.#cancelTell = undefined;
          void this.#tell();
        });
      }
    });
  }

  #stampOf(path: string): string | undefined {
    const at = path.lastIndexOf('/');
    return this.#folders.get(at < 0 ? ROOT : path.slice(0, at))?.files.get(path);
  }

  #note(path: string, before: string | undefined): void {
    if (!this.#settled || this.#pending.has(path)) return;
    if (this.#pending.size === 0) this.#pendingSinceMs = this.#p.clock.monotonicMs();
    this.#pending.set(path, before);
  }

  /** Compares one folder with what is known of it, and goes into those that are new. */
  async #visit(folder: string): Promise<void> {
    const known = this.#watch(folder);
    const found = known === undefined ? undefined : await this.#read(folder, known);
    if (known === undefined || found === undefined) return this.#forget(folder);
    for (const [path, stamp] of found.files) {
      const before = known.files.get(path);
      if (before === stamp) continue;
      this.#note(path, before);
      if (before === undefined) this.#files += 1;
      known.files.set(path, stamp);
    }
    for (const [path, before] of known.files) {
      if (found.files.has(path)) continue;
      this.#note(path, before);
      this.#files -= 1;
      known.files.delete(path);
    }
    for (const gone of known.folders) if (!found.folders.has(gone)) this.#forget(gone);
    const fresh = [...found.folders].filter((path) => !this.#folders.has(path));
    known.folders = found.folders;
    for (const path of fresh) await this.#visit(path);
    if (folder === ROOT) this.#report();
  }

  /** What is there now; of files that are not known yet as many as there is room for. */
  async #read(
    folder: string,
    known: WatchedFolder,
  ): Promise<{ files: Map<string, string>; folders: Set<string> } | undefined> {
    const { patterns } = this.#p;
    const files = new Map<string, string>();
    const folders = new Set<string>();
    let room = this.#filesMax - this.#files;
    try {
      for await (const entry of await opendir(join(this.#p.folder, folder), { bufferSize: NAMES_PER_READ })) {
        const path = folder === ROOT ? entry.name : `${folder}/${entry.name}`;
        // Links are not followed: they may lead round in a circle, or out of the workspace.
        if (entry.isDirectory() && patterns.mayContain(path)) folders.add(path);
        if (!entry.isFile() || !patterns.matches(path)) continue;
        const isNew = !known.files.has(path);
        if (isNew && room <= 0) {
          this.#sayFull();
          continue;
        }
        const stamp = await this.#stamp(path);
        if (stamp === undefined) continue;
        files.set(path, stamp);
        if (isNew) room -= 1;
      }
    } catch {
      return undefined;
    }
    return { files, folders };
  }

  #sayFull(): void {
    this.#trouble = `${this.#p.folder} has more than ${FOLDERS_MAX} folders or ${this.#filesMax} files to watch; the rest is not watched`;
  }

  async #stamp(path: string): Promise<string | undefined> {
    try {
      const { mtimeMs, size, ino } = await lstat(join(this.#p.folder, path));
      return `${mtimeMs} ${size} ${ino}`;
    } catch {
      // Gone since it was listed.
      return undefined;
    }
  }

  /** What is known of a folder, watching it where nobody does yet; undefined where there is no room for more. */
  #watch(folder: string): WatchedFolder | undefined {
    const known = this.#folders.get(folder);
    if (known?.watcher !== undefined) return known;
    if (known === undefined && (this.#folders.size >= FOLDERS_MAX || this.#files >= this.#filesMax)) {
      this.#sayFull();
      return undefined;
    }
    const watched = known ?? { watcher: undefined, files: new Map<string, string>(), folders: new Set<string>() };
    watched.watcher = this.#open(folder);
    this.#folders.set(folder, watched);
    return watched;
  }

  #open(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(join(this.#p.folder, folder), { persistent: false }, () => this.#touched(folder));
      watcher.on('error', () => {
        this.#unwatch(folder);
        this.#touched(folder);
      });
      return watcher;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#trouble = `${join(this.#p.folder, folder)} can only be looked at every ${ROUND_MS / 1000} seconds: ${reason}`;
      return undefined;
    }
  }

  #unwatch(folder: string): void {
    const watched = this.#folders.get(folder);
    watched?.watcher?.close();
    if (watched !== undefined) watched.watcher = undefined;
  }

  /** It is gone, with everything below. */
  #forget(folder: string): void {
    const watched = this.#folders.get(folder);
    if (watched === undefined) return;
    this.#unwatch(folder);
    this.#folders.delete(folder);
    for (const [path, before] of watched.files) this.#note(path, before);
    this.#files -= watched.files.size;
    for (const below of watched.folders) this.#forget(below);
    if (folder === ROOT) {
      this.#trouble = `${this.#p.folder} cannot be read`;
      this.#report();
    }
  }

  /** Said when it begins and when it is over. */
  #report(): void {
    this.#p.onTrouble(this.#trouble);
    this.#trouble = undefined;
  }
}

function changeOf(path: string, p: { before: string | undefined; now: string | undefined }): FileChange[] {
  if (p.before === p.now) return [];
  if (p.before === undefined) return [{ path, change: 'added' }];
  return [{ path, change: p.now === undefined ? 'removed' : 'changed' }];
}

/**
 * Keeps what the configuration files say in force: loads them, registers the folders they mention, makes the stored
 * definitions equal to them, hands agents and settings to whoever asks, and does it again when a file changes.
 *
 * A store that refuses (a full disk) leaves its old definitions in force; that is reported once, and tried again until
 * the store takes the new ones. Nobody has to save a file twice.
 */
import type { WatchDefinition } from '../config/hook-entry.ts';
import { loadConfig } from '../config/load-config.ts';
import type { LoadConfigParams, LoadedConfig } from '../config/load-config.ts';
import type { ConfigProblem } from '../config/config-problem.ts';
import { ProblemList, type Spot } from '../config/problem-list.ts';
import { ConfigWatcher } from '../config/config-watcher.ts';
import type { Clock } from '../clock/clock.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { EpochMs } from '../model/instant.ts';
import { AppError } from '../errors/app-error.ts';
import type { Store } from '../store/store.ts';
import type { PlaceCursor } from '../store/cursor.ts';
import type { AgentTable } from './agent-table.ts';

/** The zone the stored cursors were placed with: when it changes while the daemon is down, they are placed again. */
const ZONE_FACT = 'automation_timezone';
/** And with which budget of a day. */
const DAILY_FACT = 'automation_daily_budget';
/** A save that takes something away counts when the files have stayed so for this long. */
const REST_MS = 1_500;
/** Between tries while the store refuses. */
const RETRY_MS = 1_000;

export interface ConfigKeeperParams {
  home: string;
  store: Store;
  clock: Clock;
  bus: HappeningBus;
  agents: AgentTable;
  placeCursor: PlaceCursor;
  load: Pick<LoadConfigParams, 'environment' | 'flags'>;
  /** Definitions may have changed; `enabled` is `[automation] enabled`. */
  onApplied: (p: { enabled: boolean; watch: readonly WatchDefinition[] }) => Promise<void>;
}

export class ConfigKeeper {
  readonly #p: ConfigKeeperParams;
  #current: LoadedConfig;
  #taken: ConfigProblem[] = [];
  /** The problems that were told, by place and words. */
  #told = new Set<string>();
  #formerTimezone: string | undefined;
  #watcher: ConfigWatcher | undefined;
  #reloading: Promise<void> = Promise.resolve();
  /** Why the files could not be applied; absent while they are. */
  #trouble: string | undefined;
  #cancelRetry: () => void = () => {};
  #closed = false;

  private constructor(p: ConfigKeeperParams, loaded: LoadedConfig) {
    this.#p = p;
    this.#current = loaded;
  }

  /** Loads and applies for the first time. Throws only when the store does. */
  static async open(p: ConfigKeeperParams, loaded: LoadedConfig): Promise<ConfigKeeper> {
    const keeper = new ConfigKeeper(p, loaded);
    await keeper.#apply(loaded);
    return keeper;
  }

  /** The default zone before the present one, once it has changed. */
  get formerTimezone(): string | undefined {
    return this.#formerTimezone;
  }

  /** What is wrong with the files, and what of them could not take effect beside what is there already. */
  get problems(): ConfigProblem[] {
    return [...this.#current.problems, ...this.#taken];
  }

  /** What is in force. */
  get current(): LoadedConfig {
    return this.#current;
  }

  async watch(): Promise<void> {
    this.#watcher = new ConfigWatcher({
      home: this.#p.home,
      clock: this.#p.clock,
      fingerprint: this.#current.fingerprint,
      guests: () => this.#current.details.guests,
      onChange: () => void this.#follow(),
    });
    await this.#watcher.start();
  }

  /** Loads and applies again; one after the other, never two at once. Never rejects. */
  reload(): Promise<void> {
    this.#reloading = this.#reloading.then(() => this.#reload({ isSave: false }));
    return this.#reloading;
  }

  /** The watcher saw a change. */
  #follow(p: { restedSince?: string } = {}): Promise<void> {
    this.#reloading = this.#reloading.then(() => this.#reload({ isSave: true, ...p }));
    return this.#reloading;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    await this.#watcher?.close();
    await this.#reloading;
  }

  /**
   * A file that is being written may be read when only its beginning stands in it, and that may be TOML without a mistake.
   * So a save by which something would vanish is looked at once more; what only adds and changes takes effect at once.
   */
  async #reload(p: { isSave: boolean; restedSince?: string }): Promise<void> {
    const { store, clock, home, load } = this.#p;
    this.#cancelRetry();
    try {
      const [workspaces, packages] = [await store.listWorkspaces(), await store.listPackages()];
      const previous = this.#current;
      const loaded = await loadConfig({ ...load, home, now: clock.now(), workspaces, packages, previous });
      if (p.isSave && p.restedSince !== loaded.fingerprint && takesAway(previous, loaded)) {
        const again = { restedSince: loaded.fingerprint };
        if (!this.#closed) this.#cancelRetry = clock.after(REST_MS, () => void this.#follow(again));
        return;
      }
      await this.#apply(loaded);
      if (this.#trouble !== undefined) {
        this.#trouble = undefined;
        this.#p.bus.report({ type: 'service.recovered', at: clock.now(), service: 'config' });
      }
    } catch (error) {
      this.#report(error);
      // The watcher tells a change once; what it told must not be forgotten because the store had no room then.
      if (!this.#closed) this.#cancelRetry = clock.after(RETRY_MS, () => void this.reload());
    }
  }

  #report(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    // Said once per trouble, not once per try.
    if (this.#trouble !== text) {
      this.#p.bus.report({
        type: 'service.failed',
        at: this.#p.clock.now(),
        service: 'config',
        error: text,
        ...(error instanceof AppError ? { code: error.code } : {}),
      });
    }
    this.#trouble = text;
  }

  async #apply(loaded: LoadedConfig): Promise<void> {
    const { store, clock, placeCursor } = this.#p;
    const now = clock.now();
    for (const workspace of loaded.workspaces_to_register) await store.putWorkspace({ now, workspace });
    // In force before the cursors are placed: placing asks for the zone.
    this.#current = loaded;
    this.#p.agents.replace(loaded.agents);
    const { timezone } = loaded.automation;
    const zone = await store.readFact({ name: ZONE_FACT });
    if (zone !== undefined && zone !== timezone) this.#formerTimezone = zone;
    const daily = JSON.stringify(loaded.automation.budget);
    const dailyBefore = await store.readFact({ name: DAILY_FACT });
    const isMoved = (zone ?? timezone) !== timezone || (dailyBefore ?? daily) !== daily;
    await store.replaceCursors({ now, which: isMoved ? 'all' : 'parked', placeCursor });
    await store.writeFact({ now, name: ZONE_FACT, value: timezone });
    await store.writeFact({ now, name: DAILY_FACT, value: daily });
    const taken = new ProblemList();
    const synced = { created: 0, changed: 0, deleted: 0 };
    for (const source of ['config', 'package'] as const) {
      const result = await store.syncAutomations({
        now,
        source,
        automations: [...loaded.jobs, ...loaded.triggers].filter((automation) => automation.source === source),
        keep_ids: loaded.keep_all ? await this.#allIdsOf(source) : loaded.keep_ids,
        placeCursor,
      });
      synced.created += result.created.length;
      synced.changed += result.changed.length;
      synced.deleted += result.deleted.length;
      for (const id of result.taken) noteTaken(taken, loaded.details.names.get(id));
    }
    this.#taken = taken.all;
    this.#p.bus.report({
      type: 'config.loaded',
      at: now,
      ...synced,
      problems: this.problems.length,
    });
    this.#reportProblems(now);
    await this.#p.onApplied({ enabled: loaded.automation.enabled, watch: loaded.watch });
  }

  /** Each once, as long as it stands where it stood. */
  #reportProblems(now: EpochMs): void {
    const told = this.#told;
    this.#told = new Set();
    for (const { file, line, column, path, code, message } of this.problems) {
      const key = [file, line, column, path, message].join('\n');
      this.#told.add(key);
      if (told.has(key)) continue;
      const place = { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
      this.#p.bus.report({ type: 'config.problem', at: now, file, ...place, path, code, message });
    }
  }

  /** While a file cannot be read nothing of it may be deleted, and nobody knows what it says. */
  async #allIdsOf(source: 'config' | 'package'): Promise<string[]> {
    const { store } = this.#p;
    const ids: string[] = [];
    for (const list of [store.listJobs.bind(store), store.listTriggers.bind(store)]) {
      let cursor: string | undefined;
      do {
        const page = await list({
          query: { source, limit: 500, ...(cursor === undefined ? {} : { cursor }) },
        });
        ids.push(...page.items.map((record) => record.automation.id));
        cursor = page.next_cursor;
      } while (cursor !== undefined);
    }
    return ids;
  }
}

/** Whether something that was there is gone: an entry under its name, or an agent or hook that others count on. */
function takesAway(before: LoadedConfig, after: LoadedConfig): boolean {
  const isGone = <T>(old: readonly T[], now: readonly T[], nameOf: (item: T) => string): boolean => {
    const names = new Set(now.map(nameOf));
    return old.some((item) => !names.has(nameOf(item)));
  };
  const kept = new Set(after.keep_ids);
  const definitions = (config: LoadedConfig) => [...config.jobs, ...config.triggers].filter(({ id }) => !kept.has(id));
  return (
    (!after.keep_all && isGone(definitions(before), definitions(after), ({ id }) => id)) ||
    isGone(before.agents, after.agents, ({ name }) => name) ||
    isGone(before.hooks, after.hooks, ({ name }) => name)
  );
}

/** The entry is right, but another definition has its name or its webhook id; it takes effect when that one is gone. */
function noteTaken(problems: ProblemList, spot: Spot | undefined): void {
  if (spot === undefined) return;
  const message =
    'A definition that no file has made, or one of a package, holds this name or webhook id, so this entry does not take effect. Rename one of them, or delete the other, and save this file again.';
  problems.add(spot, { code: 'name_taken', message });
}

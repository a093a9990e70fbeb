/**
 * Keeps a watch on every workspace that `[[watch]]` names, as the configuration stands, and tells what changed there as
 * `file.changed`. An entry that stays the same keeps its watch, so that editing the configuration misses no change.
 */
import type { Clock } from '../clock/clock.ts';
import type { WatchDefinition } from '../config/hook-entry.ts';
import type { ActivationIntake } from '../engine/activation-intake.ts';
import type { HappeningBus } from '../events/happening.ts';
import { sortableId } from '../model/identifiers.ts';
import type { Workspace } from '../model/workspace.ts';
import { fileChangedEnvelope } from '../sources/file-watch/file-changed.ts';
import { TreeWatch } from '../sources/file-watch/tree-watch.ts';
import type { FileChange } from '../sources/file-watch/tree-watch.ts';
import { WatchPatterns } from '../sources/file-watch/watch-patterns.ts';
import type { Store } from '../store/store.ts';
import { WorkspaceRuns } from './workspace-runs.ts';

interface WatchKeeperParams {
  store: Store;
  clock: Clock;
  bus: HappeningBus;
  intake: ActivationIntake;
  randomBytes: (count: number) => Uint8Array;
}

export class WatchKeeper {
  readonly #p: WatchKeeperParams;
  readonly #runs: WorkspaceRuns;
  readonly #report: (trouble: string | undefined) => void;
  readonly #watches = new Map<string, TreeWatch>();
  /** Entries are taken over one configuration after the other. */
  #turn: Promise<void> = Promise.resolve();
  #closed = false;
  #cancelRetry: () => void = () => {};

  constructor(p: WatchKeeperParams) {
    this.#p = p;
    this.#runs = new WorkspaceRuns(p);
    this.#report = troubleReporter({ bus: p.bus, clock: p.clock, service: 'watch' });
  }

  /**
   * Resolves when the entries are watched, and no other. Never rejects; what stands in the way is reported, and tried
   * again until it does not, or until other entries are to be watched.
   */
  keep(definitions: readonly WatchDefinition[]): Promise<void> {
    this.#cancelRetry();
    this.#turn = this.#turn.then(async () => {
      try {
        await this.#keep(definitions);
        this.#report(undefined);
      } catch (error) {
        this.#report(error instanceof Error ? error.message : String(error));
        if (!this.#closed) this.#cancelRetry = this.#p.clock.after(RETRY_MS, () => void this.keep(definitions));
      }
    });
    return this.#turn;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    this.#runs.close();
    await this.#turn;
    for (const watch of this.#watches.values()) await watch.close();
    this.#watches.clear();
  }

  async #keep(definitions: readonly WatchDefinition[]): Promise<void> {
    if (this.#closed) return;
    const wanted = new Map(definitions.map((definition) => [JSON.stringify(definition), definition]));
    for (const [key, watch] of this.#watches) {
      if (wanted.has(key)) continue;
      this.#watches.delete(key);
      await watch.close();
    }
    for (const [key, definition] of wanted) {
      if (this.#watches.has(key)) continue;
      const workspace = await this.#p.store.findWorkspace({ ref: definition.workspace_id });
      if (workspace === undefined) continue;
      const watch = this.#open(definition, workspace);
      this.#watches.set(key, watch);
      await watch.start();
    }
  }

  #open(definition: WatchDefinition, workspace: Workspace): TreeWatch {
    const { clock } = this.#p;
    return new TreeWatch({
      folder: workspace.path,
      patterns: new WatchPatterns(definition.paths),
      debounceMs: definition.debounce_ms,
      clock,
      tell: (changes) => this.#tell({ definition, workspace, changes }),
      onTrouble: troubleReporter({ bus: this.#p.bus, clock, service: `watch of ${workspace.name}` }),
    });
  }

  async #tell(p: { definition: WatchDefinition; workspace: Workspace; changes: readonly FileChange[] }): Promise<void> {
    const { clock, intake, randomBytes } = this.#p;
    const now = clock.now();
    const { debounce_ms: debounceMs } = p.definition;
    await intake.accept(
      fileChangedEnvelope({
        id: sortableId('event', { now, random: randomBytes(10) }),
        workspace: p.workspace,
        changes: p.changes,
        cause: this.#runs.causeOf({ workspaceId: p.workspace.id, withinMs: 2 * debounceMs + SLACK_MS }),
        now,
      }),
    );
  }
}

/** Until entries that could not be watched are tried again. */
const RETRY_MS = 5_000;
/** From a write to its telling, beyond the debounce. */
const SLACK_MS = 2000;

/** Says trouble when it begins or changes, and when it is over. */
function troubleReporter(p: {
  bus: HappeningBus;
  clock: Clock;
  service: string;
}): (trouble: string | undefined) => void {
  let said: string | undefined;
  return (trouble) => {
    if (trouble === said) return;
    said = trouble;
    const { service } = p;
    const at = p.clock.now();
    if (trouble === undefined) p.bus.report({ type: 'service.recovered', at, service });
    else p.bus.report({ type: 'service.failed', at, service, error: trouble });
  };
}

/**
 * The store port: the specification of Rouse's durable state.
 *
 * The database is the only memory of the schedule. Whatever is due, waiting or running is a row here; no process
 * keeps anything that a `kill -9` could lose. Two adapters implement this file, one on embedded SQLite (`sqlite/`,
 * one process owns the home) and one on PostgreSQL (`postgres/`, several nodes); test/contract/store.ts proves both.
 *
 * How to read it
 *
 * - Methods are **atomic domain steps**, not table verbs. Each happens completely or not at all, and is durable
 *   (synced) when its promise resolves. A crash can only be before or after it. Whoever is told "no" by an exception
 *   knows nothing changed, except for `store_unavailable` with `outcome: 'unknown'`: then the step may have happened,
 *   and every step is written so that doing it again is harmless.
 * - Time never comes from the database. Every step is handed `now`.
 * - **Decisions are handed in.** Steps that must decide on facts and change rows together take a pure, synchronous
 *   function (`decide…`, `placeCursor`). The adapter reads the facts under the automation's lock, calls it, and
 *   writes what it returns, in one transaction; it may call it again after a serialization failure. So no decision
 *   ever rests on facts that somebody else has changed meanwhile, on one process or on several.
 * - **The automation's lock**: every step that creates, claims or finishes a run of an automation, moves its cursor or
 *   edits it, excludes every other such step on the same automation. Steps on different automations never wait for
 *   one another for longer than one transaction and never change each other's rows.
 * - **Losing a race is a return value**: each step lists its outcomes. Exceptions are `AppError`s: `disk_full`,
 *   `store_unavailable`, `home_in_use`, `home_read_only`.
 * - Reads never write. A read sees every step that resolved before it began.
 * - Lists are bounded and page by an opaque cursor; their order is stable while rows are added.
 *
 * What the port does not offer: timers, notifications, the value of a secret, any decision about schedules.
 */
import type { EpochMs } from '../model/instant.ts';
import type { AccessStore } from './access-store.ts';
import type { AccountStore } from './account-store.ts';
import type { ActivationStore } from './activation-store.ts';
import type { CursorStore } from './cursor-store.ts';
import type { DefinitionStore } from './definition-store.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { ExecutionStore } from './execution-store.ts';
import type { HookStore } from './hook-store.ts';
import type { NodeChannel } from './node-channel.ts';
import type { NodeStore } from './node-store.ts';
import type { PackageStore } from './package-store.ts';
import type { RequestStore } from './request-store.ts';
import type { RetentionStore } from './retention-store.ts';
import type { RunStore } from './run-store.ts';
import type { SecretStore } from './secret-store.ts';
import type { SessionListStore } from './session-list.ts';
import type { SessionStore } from './session-store.ts';
import type { TaskStore } from './task-store.ts';
import type { UptimeStore } from './uptime-store.ts';
import type { WorkspaceStore } from './workspace-store.ts';

export interface Store
  extends
    DefinitionStore,
    CursorStore,
    RunStore,
    TaskStore,
    SessionStore,
    WorkspaceStore,
    AccountStore,
    ExecutionStore,
    AccessStore,
    RequestStore,
    PackageStore,
    ActivationStore,
    SecretStore,
    DeliveryStore,
    HookStore,
    SessionListStore,
    RetentionStore,
    NodeStore,
    UptimeStore {
  /** Present where several nodes share the store: a bell between them. */
  readonly channel?: NodeChannel;
  readonly capabilities: StoreCapabilities;
  /** A small durable fact about the home, such as the zone the cursors were placed with. */
  readFact(p: { name: string }): Promise<string | undefined>;
  writeFact(p: { now: EpochMs; name: string; value: string }): Promise<void>;
  /** Sizes for `status`, cheap enough to ask every second. */
  readCounts(): Promise<StoreCounts>;
  /** Finishes what is under way, then releases the home. Idempotent. No step may be called afterwards. */
  close(): Promise<void>;
}

export interface StoreCapabilities {
  /** `one`: a single process owns this store, so a run claimed by another instance is certainly abandoned. */
  readonly nodes: 'one' | 'many';
}

export interface StoreCounts {
  jobs: number;
  triggers: number;
  scheduled: number;
  running: number;
  /** Bytes of the database, write-ahead log included; absent where the adapter cannot say. */
  bytes?: number;
}

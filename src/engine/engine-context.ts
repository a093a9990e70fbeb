/** What every service of the engine is handed. Ports and functions only: a test or the simulator hands in its own. */
import type { AgentRegistry } from '../agents/agent-registry.ts';
import type { AgentDriver, ProcessCustodian } from '../agents/agent-driver.ts';
import type { AgentType } from '../model/agent.ts';
import type { Clock } from '../clock/clock.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { Store } from '../store/store.ts';
import type { PlaceCursor } from '../store/cursor.ts';
import type { DailyBudget } from './budget.ts';

export interface EngineContext {
  store: Store;
  clock: Clock;
  bus: HappeningBus;
  agents: AgentRegistry;
  drivers: Readonly<Partial<Record<AgentType, AgentDriver>>>;
  custodian: ProcessCustodian;
  /** This process; a new one with every start, so that what an earlier one left behind can be told apart. */
  node: string;
  /** Where a job's cursor belongs when the engine pauses it. */
  placeCursor: PlaceCursor;
  /** Fresh and unguessable: fences a claim and marks its processes. */
  newToken(): string;
  /** Whether this instance of a daemon certainly lives no more; absent: nobody knows of any. */
  isGone?(instance: string): boolean;
  /** Whether nothing new may start on this node for now; absent: never. */
  standsBack?(): boolean;
  /** Read anew for every decision: configuration may have changed meanwhile. */
  settings(): EngineSettings;
}

export interface EngineSettings {
  timezone: string;
  maxConcurrentJobs: number;
  /** So many execute on this node at most; 0 or absent = no own cap. */
  ownMax?: number;
  /** 0 = no own cap. */
  maxConcurrentPerWorkspace: number;
  catchUpSpreadMs: number;
  /** What all automations together may use in a day. */
  daily: DailyBudget;
  /** So many runs may lie between an event and the world outside for it to be dispatched. */
  maxDepth: number;
  /** Events older than this are forgotten; null keeps them. */
  eventsMaxAgeMs: number | null;
  /** The same of webhook deliveries. */
  deliveriesMaxAgeMs: number | null;
}

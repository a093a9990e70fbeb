/** What every service of the engine is handed. Ports and functions only: a test or the simulator hands in its own. */
import type { AgentRegistry } from '../agents/agent-registry.ts';
import type { AgentDriver, ProcessCustodian } from '../agents/agent-driver.ts';
import type { AgentType } from '../model/agent.ts';
import type { Clock } from '../clock/clock.ts';
import type { HappeningBus } from '../events/happening.ts';
import type { Store } from '../store/store.ts';

export interface EngineContext {
  store: Store;
  clock: Clock;
  bus: HappeningBus;
  agents: AgentRegistry;
  drivers: Readonly<Partial<Record<AgentType, AgentDriver>>>;
  custodian: ProcessCustodian;
  /** This process; a new one with every start, so that what an earlier one left behind can be told apart. */
  node: string;
  /** Fresh and unguessable: fences a claim and marks its processes. */
  newToken(): string;
  /** Read anew for every decision: configuration may have changed meanwhile. */
  settings(): EngineSettings;
}

export interface EngineSettings {
  /** False while automation is switched off: nothing is planned and nothing started; what runs goes on. */
  enabled: boolean;
  timezone: string;
  maxConcurrentJobs: number;
  /** 0 = no own cap. */
  maxConcurrentPerWorkspace: number;
  catchUpSpreadMs: number;
}

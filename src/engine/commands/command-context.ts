/** What the engine's verbs are made of; the composition root hands it in. */
import type { AgentRegistry } from '../../agents/agent-registry.ts';
import type { Clock } from '../../clock/clock.ts';
import type { HappeningBus } from '../../events/happening.ts';
import type { DefinitionDefaults } from '../../model/definition.ts';
import type { Store } from '../../store/store.ts';
import type { PlaceCursor } from '../../store/cursor.ts';
import type { ActivationIntake } from '../activation-intake.ts';
import type { DeliveryIntake } from '../delivery-intake.ts';
import type { DailyBudget } from '../budget.ts';
import type { PauseSwitch } from '../pause-switch.ts';
import type { PendingPermission } from '../pending-permission.ts';
import type { SimulationReport } from '../simulation-report.ts';

export interface CommandContext {
  store: Store;
  clock: Clock;
  bus: HappeningBus;
  agents: AgentRegistry;
  placeCursor: PlaceCursor;
  pauseSwitch: PauseSwitch;
  /** The zone of schedules that name none. */
  timezone(): string;
  defaults(): DefinitionDefaults;
  daily(): DailyBudget;
  /** As {@link EngineSettings}. */
  maxDepth(): number;
  intake: ActivationIntake;
  deliveries: DeliveryIntake;
  randomBytes(count: number): Uint8Array;
  /** The folder's real path, or undefined when there is no such folder. */
  findFolder(path: string): Promise<string | undefined>;
  permissionOf(p: { runId: string }): PendingPermission | undefined;
  /** Plays the coming days on a virtual clock and a store of its own. */
  simulate(p: { days: number }): Promise<SimulationReport>;
  /** Registered, renamed, trusted or forgotten: what files may say, and what names in them mean, is another now. */
  workspacesChanged(): Promise<void>;
  poke(): void;
}

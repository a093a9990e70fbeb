/** One life of the daemon, wired as src/daemon does it, over simulated ports. */
import { ActivationIntake } from '../../src/engine/activation-intake.ts';
import { DeliveryIntake } from '../../src/engine/delivery-intake.ts';
import { createAutomationCommands } from '../../src/engine/commands/create-automation-commands.ts';
import type { AutomationCommands } from '../../src/engine/automation-commands.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { ExecutionContext } from '../../src/engine/execution-context.ts';
import { createPlaceCursor } from '../../src/engine/place-cursor.ts';
import { HappeningBus } from '../../src/events/happening.ts';
import { createTaskCommands } from '../../src/tasks/task-commands.ts';
import type { TaskCommands } from '../../src/tasks/task-commands.ts';
import type { Store } from '../../src/store/store.ts';
import type { PlaceCursor } from '../../src/store/cursor.ts';
import type { Life } from './life.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import { scriptedCustodian, scriptedDriver } from './scripted-driver.ts';
import type { Stage } from './scripted-driver.ts';

const NO_DAILY_BUDGET = { tokens: null, costUsd: null };

export interface SimDaemon {
  life: Life;
  store: Store;
  engine: Engine;
  commands: AutomationCommands;
  tasks: TaskCommands;
  placeCursor: PlaceCursor;
  bus: HappeningBus;
  /** Nobody can ask anything of it before. */
  isStarted: boolean;
}

export function createSimDaemon(p: {
  life: Life;
  store: Store;
  stage: Stage;
  scenario: Scenario;
  random: Random;
  /** A planted bug may put something else in a part's place. */
  alter: (context: ExecutionContext) => ExecutionContext;
}): SimDaemon {
  const { life, store, stage, scenario, random } = p;
  const { clock } = life;
  const bus = new HappeningBus();
  const agents = {
    get: (name: string) => scenario.agents.find((agent) => agent.name === name),
    list: () => scenario.agents,
  };
  const placeCursor = createPlaceCursor({
    timezone: () => scenario.timezone,
    formerTimezone: () => scenario.formerTimezone,
    daily: () => NO_DAILY_BUDGET,
  });
  const context: ExecutionContext = {
    store,
    clock,
    bus,
    agents,
    drivers: { acp: scriptedDriver(stage, life, 'acp'), command: scriptedDriver(stage, life, 'command') },
    custodian: scriptedCustodian(stage, life),
    node: life.node,
    placeCursor,
    newToken: () => Buffer.from(random.bytes(16)).toString('hex'),
    settings: () => ({
      timezone: scenario.timezone,
      maxConcurrentJobs: scenario.caps.total,
      maxConcurrentPerWorkspace: scenario.caps.per_workspace,
      catchUpSpreadMs: scenario.catchUpSpreadMs,
      daily: NO_DAILY_BUDGET,
      maxDepth: 4,
      eventsMaxAgeMs: null,
      deliveriesMaxAgeMs: null,
    }),
    matchPattern: () => 'yes',
    folders: { ensure: async () => {}, isFolder: async () => true, exists: async () => false },
    workFolder: '/simulated/work',
    transcriptBytesMax: 100_000,
    environmentOf: async () => ({}),
    redact: (text) => text,
    findSecrets: ({ length }) => ({ spans: [], openFrom: length }),
  };
  const engine = new Engine(p.alter(context));
  const commands = createAutomationCommands({
    intake: new ActivationIntake({ ...context, poke: () => engine.poke(), nextTurn: async () => {} }),
    deliveries: new DeliveryIntake({ ...context, poke: () => engine.poke(), nextTurn: async () => {} }),
    maxDepth: () => 4,
    store,
    clock,
    bus,
    agents,
    placeCursor,
    pauseSwitch: engine.pauseSwitch,
    timezone: () => scenario.timezone,
    daily: () => NO_DAILY_BUDGET,
    findFolder: async (folder) => folder,
    permissionOf: (of) => engine.permissionOf(of),
    simulate: () => Promise.reject(new Error('a simulation is not simulated')),
    defaults: () => ({}),
    randomBytes: (count) => random.bytes(count),
    workspacesChanged: async () => undefined,
    poke: () => engine.poke(),
  });
  const tasks = createTaskCommands({
    store,
    clock,
    bus,
    placeCursor,
    newToken: () => context.newToken(),
    randomBytes: (count) => random.bytes(count),
    poke: () => engine.poke(),
  });
  return { life, store, engine, commands, tasks, placeCursor, bus, isStarted: false };
}

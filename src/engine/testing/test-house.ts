/**
 * A whole engine for a test: a real store behind a {@link WatchedStore}, agents that the test plays, a clock that the
 * test moves. Which store and which clock is for the test to say, because this folder knows no adapter.
 */
import type { Clock } from '../../clock/clock.ts';
import type { Happening, HappeningOf, HappeningType } from '../../events/happening.ts';
import { HappeningBus } from '../../events/happening.ts';
import type { AgentDefinition } from '../../model/agent.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { Run, RunQuery } from '../../model/run.ts';
import type { Store } from '../../store/store.ts';
import type { AutomationRecord } from '../../store/definition-store.ts';
import { createTaskCommands } from '../../tasks/task-commands.ts';
import type { TaskCommands } from '../../tasks/task-commands.ts';
import { ActivationIntake } from '../activation-intake.ts';
import { DeliveryIntake } from '../delivery-intake.ts';
import type { AutomationCommands } from '../automation-commands.ts';
import { createAutomationCommands } from '../commands/create-automation-commands.ts';
import type { EngineSettings } from '../engine-context.ts';
import { Engine } from '../engine.ts';
import type { ExecutionContext } from '../execution-context.ts';
import { createPlaceCursor } from '../place-cursor.ts';
import { ScriptedAgents } from './scripted-agent.ts';
import { testAgent } from './test-agent.ts';
import { testJob } from './test-job.ts';
import { WatchedStore } from './watched-store.ts';

/** The store's own answers are promises that are settled already; a few turns are enough for whatever follows. */
const TURNS = 12;

export interface MovableClock extends Clock {
  advance(ms: number): void;
  /** Somebody sets it, either way: no time passes. */
  set(byMs: number): void;
}

export interface HouseParts {
  agents?: AgentDefinition[];
  settings?: Partial<EngineSettings>;
  transcriptBytesMax?: number;
  redact?: (text: string) => string;
  findSecrets?: ExecutionContext['findSecrets'];
}

export class TestHouse {
  readonly clock: MovableClock;
  readonly agents = new ScriptedAgents();
  /** Of all lives. */
  readonly happenings: Happening[] = [];
  readonly settings: EngineSettings;
  definitions: AgentDefinition[];
  /** Files that exist, and folders that do not. */
  readonly files = new Set<string>();
  readonly missingFolders = new Set<string>();
  watched: WatchedStore;
  engine: Engine;
  commands: AutomationCommands;
  tasks: TaskCommands;
  readonly #parts: HouseParts;
  readonly #store: Store;
  #lives = 0;
  #numbers = 0;

  constructor(p: { store: Store; clock: MovableClock } & HouseParts) {
    this.clock = p.clock;
    this.#store = p.store;
    this.#parts = p;
    this.definitions = p.agents ?? [testAgent()];
    this.settings = {
      timezone: 'UTC',
      maxConcurrentJobs: 5,
      maxConcurrentPerWorkspace: 0,
      catchUpSpreadMs: 0,
      daily: { tokens: null, costUsd: null },
      maxDepth: 4,
      eventsMaxAgeMs: null,
      deliveriesMaxAgeMs: null,
      ...p.settings,
    };
    const life = this.#beginLife();
    this.watched = life.watched;
    this.engine = life.engine;
    this.commands = life.commands;
    this.tasks = life.tasks;
  }

  get store(): Store {
    return this.watched.store;
  }

  get now(): EpochMs {
    return this.clock.now();
  }

  /** Everything that can go on without time passing has gone on. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
      this.clock.advance(0);
    }
  }

  /** Time jumps: timers that were set come due, and nobody sees an instant in between. */
  async jump(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  /** Time passes step by step, as it does for a daemon that is awake. */
  async pass(ms: number, stepMs = 500): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) await this.jump(Math.min(stepMs, left));
  }

  async start(): Promise<void> {
    await this.engine.pauseSwitch.load();
    this.engine.start();
    await this.settle();
  }

  /** The process is killed: nothing of it answers any more, whatever it left running goes on. A new one starts. */
  async killAndStart(): Promise<void> {
    this.watched.die();
    const life = this.#beginLife();
    this.watched = life.watched;
    this.engine = life.engine;
    this.commands = life.commands;
    this.tasks = life.tasks;
    await this.start();
  }

  async addJob(parts: Partial<Job> & { name: string }): Promise<Job> {
    const now = this.now;
    const automation = testJob({ id: `job_${parts.name}`, created_at: now, updated_at: now, ...parts });
    const answer = await this.#store.createAutomation({ now, automation, placeCursor: this.placeCursor });
    if (answer.outcome !== 'created') throw new Error(`${parts.name} was not created: ${answer.outcome}`);
    this.engine.poke();
    return automation;
  }

  readonly placeCursor = createPlaceCursor({
    timezone: () => this.settings.timezone,
    daily: () => this.settings.daily,
  });

  /** Oldest first. */
  async runs(query: RunQuery = {}): Promise<Run[]> {
    const { items } = await this.#store.listRuns({ query: { limit: 500, ...query } });
    return items.toReversed();
  }

  /** `completed`, `canceled overlap`, … of a job's runs, oldest first. */
  async story(jobName: string): Promise<string[]> {
    const runs = await this.runs({ job_id: `job_${jobName}` });
    return runs.map((run) => [run.status, run.reason].filter((word) => word !== undefined).join(' '));
  }

  async record(jobName: string): Promise<AutomationRecord<Job>> {
    const record = await this.#store.getJob({ id: `job_${jobName}` });
    if (record === undefined) throw new Error(`there is no job ${jobName}`);
    return record;
  }

  heard<T extends HappeningType>(type: T): HappeningOf<T>[] {
    return this.happenings.filter((happening): happening is HappeningOf<T> => happening.type === type);
  }

  async close(): Promise<void> {
    // Whatever still waits for a test that is over.
    for (const conversation of this.agents.open) conversation.answer();
    this.agents.immortal.clear();
    this.watched.mend();
    this.agents.custodianError = undefined;
    const stopped = this.engine.stop({ graceMs: 0 });
    const over = { is: false };
    void stopped.then(() => {
      over.is = true;
    });
    for (let turn = 0; turn < 200 && !over.is; turn += 1) await this.jump(500);
    await stopped;
    this.watched.die();
    await this.#store.close();
  }

  #beginLife(): { watched: WatchedStore; engine: Engine; commands: AutomationCommands; tasks: TaskCommands } {
    const watched = new WatchedStore(this.#store);
    const clock = this.#clockOfLife(watched);
    const bus = new HappeningBus();
    bus.subscribe((happening) => this.happenings.push(happening));
    this.#lives += 1;
    const agents = {
      get: (name: string) => this.definitions.find((agent) => agent.name === name),
      list: () => this.definitions,
    };
    const context: ExecutionContext = {
      store: watched.store,
      clock,
      bus,
      agents,
      drivers: { acp: this.agents.driver },
      custodian: this.agents.custodian,
      node: `node-${this.#lives}`,
      placeCursor: this.placeCursor,
      newToken: () => `token-${this.#next()}`,
      settings: () => this.settings,
      matchPattern: ({ pattern, text }) => (new RegExp(pattern, 'u').test(text) ? 'yes' : 'no'),
      folders: {
        ensure: async () => {},
        isFolder: async (folder) => !this.missingFolders.has(folder),
        exists: async (file) => this.files.has(file),
      },
      workFolder: '/work-folder',
      transcriptBytesMax: this.#parts.transcriptBytesMax ?? 1_000_000,
      environmentOf: async () => ({}),
      redact: this.#parts.redact ?? ((text) => text),
      findSecrets: this.#parts.findSecrets ?? (({ length }) => ({ spans: [], openFrom: length })),
    };
    const randomBytes = (count: number) => Uint8Array.from({ length: count }, () => this.#next() & 0xff);
    const engine = new Engine(context);
    const settings = (): EngineSettings => this.settings;
    const poke = (): void => engine.poke();
    const nextTurn = async (): Promise<void> => {};
    const intake = new ActivationIntake({ store: watched.store, clock, bus, settings, poke, nextTurn });
    const commands = createAutomationCommands({
      intake,
      deliveries: new DeliveryIntake({ store: watched.store, clock, bus, settings, poke, nextTurn }),
      maxDepth: () => this.settings.maxDepth,
      store: watched.store,
      clock,
      bus,
      agents,
      placeCursor: this.placeCursor,
      pauseSwitch: engine.pauseSwitch,
      timezone: () => this.settings.timezone,
      defaults: () => ({}),
      daily: () => this.settings.daily,
      randomBytes,
      findFolder: async (folder) => (this.missingFolders.has(folder) ? undefined : folder),
      permissionOf: (p) => engine.permissionOf(p),
      simulate: () => Promise.reject(new Error('no simulation in this test')),
      workspacesChanged: async () => undefined,
      poke: () => engine.poke(),
    });
    const tasks = createTaskCommands({
      store: watched.store,
      clock,
      bus,
      placeCursor: this.placeCursor,
      newToken: () => `lease-${this.#next()}`,
      randomBytes,
      poke: () => engine.poke(),
    });
    return { watched, engine, commands, tasks };
  }

  /** Timers of a life that is over never fire. */
  #clockOfLife(watched: WatchedStore): Clock {
    const { clock } = this;
    return {
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      after: (delayMs, callback) =>
        clock.after(delayMs, () => {
          if (!watched.isDead) callback();
        }),
    };
  }

  #next(): number {
    this.#numbers += 1;
    return this.#numbers;
  }
}

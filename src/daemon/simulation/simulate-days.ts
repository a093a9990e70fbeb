/**
 * `rouse simulate`: what the enabled jobs would do in the coming days. A scratch store in memory is given what the real
 * one holds, and the engine's services play on it, on a virtual clock, with agents that take as long and use as much as
 * past runs did. Nothing real is started or written, and the same home at the same instant gives the same report.
 *
 * What it assumes: definitions, settings and agents stay as they are; every agent can start, succeeds, asks nobody and
 * meets no usage limit but those that hold now; nobody starts anything by hand; triggers do not fire. A pause of
 * everything is not looked at: the report says what would happen if it ended now.
 */
import type { AgentRegistry } from '../../agents/agent-registry.ts';
import type { Clock } from '../../clock/clock.ts';
import { VirtualTime } from '../../clock/virtual-time.ts';
import { budgetOf } from '../../model/effective.ts';
import type { ExecutionContext } from '../../engine/execution-context.ts';
import type { EngineSettings } from '../../engine/engine-context.ts';
import { createPlaceCursor } from '../../engine/place-cursor.ts';
import type { SimulationReport } from '../../engine/simulation-report.ts';
import { AppError } from '../../errors/app-error.ts';
import { HappeningBus } from '../../events/happening.ts';
import type { AgentDefinition } from '../../model/agent.ts';
import { AGENT_TYPES } from '../../model/agent.ts';
import type { Automation } from '../../model/automation.ts';
import { durationMs } from '../../model/duration.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { AgentStart } from '../../agents/agent-driver.ts';
import { openScratchStore } from '../../store/sqlite/scratch-store.ts';
import type { ScratchStore } from '../../store/sqlite/scratch-store.ts';
import type { Store } from '../../store/store.ts';
import { EnginePlay } from './engine-play.ts';
import type { ExpectedWork } from './expected-driver.ts';
import { expectedDriver } from './expected-driver.ts';
import { Forgetting } from './forgetting.ts';
import { JobTally } from './job-tally.ts';
import { pacedStore, simulatedStore } from './paced-store.ts';
import type { RealStore } from './paced-store.ts';
import type { ScratchCopy } from './scratch-copy.ts';
import { copyIntoScratch, queueWaiting } from './scratch-copy.ts';
import { Turns } from './turns.ts';

export interface SimulationBounds {
  /** Rows that planning may create: fires, and the rows that stand for ranges of refused ones. */
  firesMax: number;
  /** Real time that the play may take, after the copying. */
  wallMsMax: number;
  /** A home with more jobs, disabled ones included, is refused. */
  jobsMax: number;
}

const BOUNDS: SimulationBounds = { firesMax: 200_000, wallMsMax: 30_000, jobsMax: 20_000 };

export interface SimulateDaysParams {
  /** The real one; only read. */
  store: RealStore;
  agents: AgentRegistry;
  /** As they stand now; the whole simulation goes by them. */
  settings: EngineSettings;
  /** The real one: says when "now" is, and how long the calculation takes. */
  clock: Clock;
  /** Calendar days in the settings' zone, so that a day of 23 hours is a day; a whole number, checked by the verb. */
  days: number;
  /** Ends it: while copying with `shutting_down`, afterwards with what was found until then. */
  signal?: AbortSignal;
  bounds?: Partial<SimulationBounds>;
}

/**
 * Plays the coming days. Throws `malformed_request` for a home with too many jobs, `shutting_down`, and what the real
 * store throws. Instants after `from` and not after `to` count.
 */
export async function simulateDays(p: SimulateDaysParams): Promise<SimulationReport> {
  const bounds = { ...BOUNDS, ...p.bounds };
  await refuseTooMany({ store: p.store, jobsMax: bounds.jobsMax });
  const scratch = openScratchStore();
  try {
    const from = p.clock.now();
    const to = daysLater({ from, days: p.days, timezone: p.settings.timezone });
    const copying = new Turns();
    const copy = await copyIntoScratch({
      real: abortable(pacedStore(p.store, copying), p.signal),
      scratch: pacedStore(scratch.store, copying),
      settings: p.settings,
      from,
    });
    return await play({ ...p, bounds, scratch, copy, from, to });
  } finally {
    await scratch.store.close();
  }
}

interface PlayParams extends SimulateDaysParams {
  bounds: SimulationBounds;
  scratch: ScratchStore;
  copy: ScratchCopy;
  from: EpochMs;
  to: EpochMs;
}

async function play(p: PlayParams): Promise<SimulationReport> {
  const { copy, from, to, settings, bounds } = p;
  const startedAtMs = p.clock.monotonicMs();
  const turns = new Turns({
    onTurn: () => {
      if (p.clock.monotonicMs() - startedAtMs > bounds.wallMsMax || p.signal?.aborted) turns.halt();
    },
  });
  const time = new VirtualTime({ settled: () => turns.settled() });
  const tally = new JobTally({ copy, from, to, timezone: settings.timezone });
  const bus = new HappeningBus();
  bus.subscribe((happening) => tally.hear(happening));
  const store = simulatedStore(p.scratch, {
    turns,
    onPlanned: (fire) => {
      tally.planned(fire);
      if (tally.rows >= bounds.firesMax) turns.halt();
    },
  });
  const forgetting = new Forgetting({ scratch: p.scratch, copy, keepMsOf, now: () => from + time.now });
  bus.subscribe((happening) => forgetting.hear(happening));
  const end = { isReached: false };
  // Set first, so that it comes before anything else of that instant; all of `to` itself still happens.
  time.after(to - from + 1, () => {
    end.isReached = true;
  });
  if (p.signal?.aborted) turns.halt();
  const engine = new EnginePlay({ time, context: contextOf({ ...p, store, time, bus }) });
  await engine.play({
    begin: () => queueWaiting({ scratch: store, copy }),
    isOver: () => end.isReached || turns.isHalted,
  });
  const wasHalted = turns.isHalted && !end.isReached;
  turns.halt();
  const endedAt = wasHalted ? Math.min(to, from + time.now) : to;
  tally.close({ endedAt });
  return {
    from,
    to,
    jobs: tally.jobs(),
    concurrent_max: tally.concurrentMax,
    concurrent_cap: settings.maxConcurrentJobs,
    expected: tally.expected(),
    left_out: [...copy.left_out, ...tally.stopped],
    ...(wasHalted ? { truncated_at: endedAt } : {}),
  };
}

function contextOf(p: PlayParams & { store: Store; time: VirtualTime; bus: HappeningBus }): ExecutionContext {
  const { store, time, bus, settings, from } = p;
  const workOf = (start: AgentStart): ExpectedWork => workOfStart(start, p.copy);
  let tokens = 0;
  return {
    store,
    clock: {
      now: () => from + time.now,
      monotonicMs: () => time.now,
      after: (delayMs, callback) => time.after(Math.max(1, Math.ceil(delayMs)), callback),
    },
    bus,
    agents: patientAgents(p.agents),
    drivers: Object.fromEntries(AGENT_TYPES.map((type) => [type, expectedDriver({ type, time, workOf })])),
    // There are no processes: whatever would be looked for is gone.
    custodian: { find: () => Promise.resolve([]), end: () => Promise.resolve({ gone: true, ended: 0 }) },
    node: 'simulation',
    placeCursor: createPlaceCursor({ timezone: () => settings.timezone, daily: () => settings.daily }),
    newToken: () => `simulated-${(tokens += 1)}`,
    settings: () => settings,
    matchPattern: () => 'yes',
    folders: {
      ensure: () => Promise.resolve(),
      isFolder: () => Promise.resolve(true),
      exists: () => Promise.resolve(true),
    },
    workFolder: '/simulated',
    transcriptBytesMax: 1024,
    environmentOf: () => Promise.resolve({}),
    redact: (text) => text,
    findSecrets: ({ length }) => ({ spans: [], openFrom: length }),
  };
}

/** Expected agents say nothing while they work, so nobody may take their silence for a stall. */
function patientAgents(agents: AgentRegistry): AgentRegistry {
  const list = agents.list().map((agent): AgentDefinition => ({ ...agent, stall_timeout_ms: null }));
  const byName = new Map(list.map((agent) => [agent.name, agent]));
  return { get: (name) => byName.get(name), list: () => list };
}

/** Which automation a conversation is for stands in the environment that every agent is given. */
function workOfStart(start: AgentStart, copy: ScratchCopy): ExpectedWork {
  const { automation, expected } = copy.automations.get(start.env.ROUSE_JOB_ID ?? start.env.ROUSE_TRIGGER_ID ?? '')!;
  const budget = budgetOf(automation);
  return {
    expected,
    doneMs: copy.doneMs.get(start.env.ROUSE_RUN_ID ?? '') ?? 0,
    hasRunBudget: budget.runTokens !== null || budget.runCostUsd !== null,
  };
}

/** How far back limits and budgets look. */
function keepMsOf(automation: Automation): number {
  return Math.max(durationMs(automation.fire_limit.window), budgetOf(automation).windowMs);
}

function daysLater(p: { from: EpochMs; days: number; timezone: string }): EpochMs {
  const zoned = Temporal.Instant.fromEpochMilliseconds(p.from).toZonedDateTimeISO(p.timezone);
  return zoned.add({ days: p.days }).epochMilliseconds;
}

async function refuseTooMany(p: { store: RealStore; jobsMax: number }): Promise<void> {
  const { jobs } = await p.store.readCounts();
  if (jobs <= p.jobsMax) return;
  throw new AppError('malformed_request', {
    reason: `a simulation takes homes of up to ${p.jobsMax} jobs, and this one has ${jobs}`,
  });
}

/** The copy's reads end with the daemon: nobody waits for the report any more. */
function abortable<S extends object>(store: S, signal: AbortSignal | undefined): S {
  if (signal === undefined) return store;
  return new Proxy(store, {
    get(target, name) {
      const step: unknown = Reflect.get(target, name);
      if (typeof step !== 'function') return step;
      return (...p: unknown[]): unknown => {
        if (signal.aborted) return Promise.reject(new AppError('shutting_down', {}));
        return Reflect.apply(step, target, p);
      };
    },
  });
}

/**
 * One seed, one world: troubled times first (faults, deaths, clocks that jump, people who change their minds), then
 * calm, in which everything must finish, then everything is switched off and must drain.
 */
import type { AgentStart } from '../../src/agents/agent-driver.ts';
import { calmScript, drawScript } from './agent-script.ts';
import { AgentWorld } from './agent-world.ts';
import { allCheckers } from './checkers/all-checkers.ts';
import { createSimDaemon } from './daemon.ts';
import type { SimDaemon } from './daemon.ts';
import { EventLog } from './event-log.ts';
import { flakyStore } from './flaky-store.ts';
import { Life } from './life.ts';
import type { Plant } from './plant.ts';
import { OutsideWorld } from './outside-world.ts';
import { Random } from './random.ts';
import { drawScenario } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './scripted-driver.ts';
import type { SimFolder, SimHome } from './sim-home.ts';
import { StoreFaults } from './store-faults.ts';
import { VirtualTime } from '../../src/clock/virtual-time.ts';
import { WallClock } from './wall-clock.ts';
import { Witness } from './witness.ts';
import type { Violation } from './witness.ts';
import { Workload } from './workload.ts';

export interface SimulationResult {
  seed: number;
  violation?: Violation;
  /** Over all that happened: equal for equal seeds, or the simulation is not deterministic. */
  digest: string;
  steps: number;
  refusals: number;
  starts: number;
  deaths: number;
  events: number;
  virtualMs: number;
}

/** What the faults cause; any other trouble is a mistake of ours. */
const EXPECTED_TROUBLE = /simulated|cannot be ended; trying on/;

const MINUTE = 60_000;
const DAY = 86_400_000;
/** A clock goes back by no more than this behind what it showed before. */
const WRONG_CLOCK_MS_MAX = 3 * DAY;
/** Calm with everything switched on, longer than the longest timeout of a run. */
const CALM_MS = 12 * MINUTE;
/** Within so long after everything was switched off, all that is due has finished. */
const DRAIN_MS_MAX = 60 * MINUTE;
/** Deferred runs come after this many jumps to their time; each may be followed by its own retries. */
const DRAINS_MAX = 8;
/** An orderly stop takes no longer: the graces, the rescuer's own, and a store that may refuse for a while. */
const STOP_MS_MAX = 10 * MINUTE;
/** A loop that works looks at the clock twice a second. */
const TICK_AGE_MS_MAX = 15_000;

interface Unfinished {
  id: string;
  status: string;
  queue: string | null;
  available_at: number;
}

export async function simulate(p: { seed: number; folder: SimFolder; plant?: Plant }): Promise<SimulationResult> {
  const simulation = new Simulation(p);
  try {
    return await simulation.run();
  } finally {
    simulation.close();
  }
}

class Simulation {
  readonly #seed: number;
  readonly #plant: Plant | undefined;
  readonly #random: Random;
  readonly #scenario: Scenario;
  readonly #time = new VirtualTime();
  readonly #wall: WallClock;
  readonly #log: EventLog;
  readonly #home: SimHome;
  readonly #world: AgentWorld;
  readonly #witness: Witness;
  readonly #faults: StoreFaults;
  readonly #workload: Workload;
  readonly #outside: OutsideWorld;
  readonly #stage: Stage;
  #daemon: SimDaemon | undefined;
  #isCalm = false;
  #wallMax = 0;
  #lives = 0;
  #deaths = 0;

  constructor(p: { seed: number; folder: SimFolder; plant?: Plant }) {
    this.#seed = p.seed;
    this.#plant = p.plant;
    this.#random = new Random(`rouse ${p.seed}`);
    this.#scenario = drawScenario(this.#random.fork('scenario'));
    this.#wall = new WallClock(this.#time, this.#scenario.startAt);
    this.#log = new EventLog(this.#time, this.#wall);
    this.#home = p.folder.newHome();
    this.#world = new AgentWorld({
      time: this.#time,
      onStart: (process) => this.#witness.onAgentStart(process),
      onResume: (process) => this.#witness.onAgentResume(process),
      onEnd: (process, why) => this.#witness.onAgentEnd(process, why),
    });
    this.#witness = new Witness({
      home: this.#home,
      log: this.#log,
      checkers: allCheckers(),
      caps: this.#scenario.caps,
      timezone: () => this.#scenario.timezone,
      living: () => this.#world.living(),
      allProcesses: () => this.#world.living(),
      now: () => this.#time.now,
      wallNow: () => this.#wall.now(),
    });
    this.#faults = new StoreFaults({ random: this.#random.fork('store'), time: this.#time });
    this.#workload = new Workload({
      random: this.#random.fork('people'),
      scenario: this.#scenario,
      witness: () => this.#witness,
      log: (text) => this.#log.add(text),
      wallNow: () => this.#wall.now(),
      unfinishedRuns: () => this.#unfinished().map((run) => run.id),
      finishedRuns: () => this.#finished(),
    });
    this.#outside = new OutsideWorld({
      random: this.#random.fork('outside'),
      time: this.#time,
      witness: () => this.#witness,
      log: (text) => this.#log.add(text),
      writingContext: () => this.#workload.context(),
      daemon: () => (this.#daemon?.isStarted === true ? this.#daemon : undefined),
      let: (going) => this.#let(going),
    });
    this.#stage = {
      world: this.#world,
      scriptOf: (start) => this.#scriptOf(start),
      machineOf: () => 'the machine',
      workspaceOf: (start) => this.#scenario.workspaces.find((workspace) => workspace.path === start.cwd)?.id ?? '',
    };
  }

  async run(): Promise<SimulationResult> {
    const story = { isOver: false };
    const telling = this.#tell().finally(() => {
      story.isOver = true;
    });
    telling.catch(() => {});
    const isOver = (): boolean => story.isOver || this.#witness.violation !== undefined;
    const cameToEnd = await this.#time.runUntil(isOver);
    if (story.isOver) await telling;
    if (!cameToEnd) this.#violate('nothing could happen any more, and the story was not over', []);
    const { violation, counts } = this.#witness;
    return {
      seed: this.#seed,
      ...(violation === undefined ? {} : { violation }),
      digest: this.#log.digest(),
      ...counts,
      deaths: this.#deaths,
      events: this.#log.count,
      virtualMs: this.#time.now,
    };
  }

  close(): void {
    this.#daemon?.life.die();
    this.#home.remove();
  }

  async #tell(): Promise<void> {
    const { caps, timezone } = this.#scenario;
    this.#log.add(`## a world in ${timezone} with caps ${JSON.stringify(caps)}`);
    await this.#boot();
    if (this.#daemon !== undefined) await this.#untilAnswered(this.#workload.createFirst(this.#daemon));
    this.#outside.begin();
    await this.#troubledTimes();
    await this.#becomeCalm();
    await this.#time.sleep(CALM_MS);
    this.#checkHealth();
    await this.#drain();
    this.#outside.end();
    await this.#stop({ graceMs: 1000 });
    this.#witness.checkEnd();
  }

  /** The answer may never come: then the world goes on without it. */
  #untilAnswered(answering: Promise<void>): Promise<void> {
    this.#let(answering);
    return Promise.race([answering, this.#time.sleep(MINUTE)]);
  }

  async #troubledTimes(): Promise<void> {
    const random = this.#random.fork('troubles');
    let leftMs = this.#scenario.troubledMs;
    while (leftMs > 0) {
      const pauseMs = random.logarithmic(1 + this.#scenario.paceMs / 20, this.#scenario.paceMs * 4);
      leftMs -= pauseMs;
      await this.#time.sleep(pauseMs);
      if (this.#daemon === undefined) {
        await this.#boot();
        continue;
      }
      await this.#trouble(random, this.#daemon);
    }
  }

  async #trouble(random: Random, daemon: SimDaemon): Promise<void> {
    const trouble = random.weighted({
      people: 30,
      death: 3,
      death_at_step: 5,
      restart: 2,
      jump: 3,
      drift: 1,
      stall: 2,
      store: 3,
    });
    switch (trouble) {
      case 'people':
        // Not waited for: the answer may never come, and meanwhile the world goes on.
        if (daemon.isStarted) this.#let(this.#workload.act(daemon));
        return;
      case 'death':
        this.#log.add('## the daemon is killed');
        daemon.life.die();
        return this.#stayDown(random);
      case 'death_at_step':
        this.#faults.armDeath({ stepsLeft: random.logarithmic(1, 40), when: random.pick(['before', 'after']) });
        return;
      case 'restart':
        await this.#stop({ graceMs: random.pick([0, 2000, 30_000]) });
        return this.#stayDown(random);
      case 'jump': {
        const byMs = this.#drawJump(random);
        this.#wall.jump(byMs);
        this.#log.add(`## the clock is set ${byMs} ms ahead`);
        return;
      }
      case 'drift': {
        const rate = random.pick([0.9, 0.999, 1, 1.001, 1.2]);
        this.#wall.drift(rate);
        this.#log.add(`## the clock runs at ${rate}`);
        return;
      }
      case 'stall': {
        const ms = random.logarithmic(200, 20 * MINUTE);
        daemon.life.stall(ms);
        this.#witness.trouble(ms);
        this.#log.add(`## the daemon gets no time for ${ms} ms`);
        return;
      }
      case 'store': {
        const window = {
          ms: random.logarithmic(1000, 5 * MINUTE),
          failureShare: random.pick([0.05, 0.3, 1]),
          slowShare: random.pick([0, 0.3]),
        };
        this.#faults.open(window);
        this.#log.add(`## the store is in trouble: ${JSON.stringify(window)}`);
      }
    }
  }

  #drawJump(random: Random): number {
    this.#wallMax = Math.max(this.#wallMax, this.#wall.now());
    const ms = random.logarithmic(500, 2 * DAY);
    if (!random.chance(1 / 3)) return ms;
    const backMs = Math.min(ms, this.#wall.now() - this.#wallMax + WRONG_CLOCK_MS_MAX);
    return -Math.max(0, backMs);
  }

  /** From seconds to days, in which the processes that survived go on. */
  async #stayDown(random: Random): Promise<void> {
    const downMs = random.logarithmic(500, 2 * DAY);
    this.#log.add(`## the machine or the daemon is down for ${downMs} ms`);
    await this.#time.sleep(downMs);
    this.#changeZone();
    await this.#boot();
  }

  /** Somebody edited the configuration meanwhile. */
  #changeZone(): void {
    const random = this.#random.fork(`zone ${this.#lives}`);
    if (!random.chance(0.1)) return;
    this.#scenario.timezone = random.pick(this.#scenario.zones);
    this.#log.add(`## the default zone is ${this.#scenario.timezone} now`);
  }

  async #becomeCalm(): Promise<void> {
    this.#isCalm = true;
    this.#faults.end();
    this.#wall.drift(1);
    this.#log.add('## calm');
    // A step that is slow right now may still have its death before it.
    await this.#time.sleep((this.#daemon?.life.stalledMs ?? 0) + MINUTE);
    if (this.#daemon === undefined) await this.#boot();
    const daemon = this.#daemon!;
    while (!daemon.isStarted) await this.#time.sleep(100);
    await daemon.commands.resume({ actor: 'user:sim' });
    // In some worlds people clean up: what hangs must then end long before its timeout.
    if (this.#random.fork('calm').chance(0.5)) await this.#workload.cancelAll(daemon);
    await this.#outside.calm();
    daemon.engine.poke();
  }

  #checkHealth(): void {
    const health = this.#daemon?.engine.health();
    const ageMs = this.#wall.now() - (health?.last_tick_at ?? 0);
    if (health?.trouble !== undefined || ageMs > TICK_AGE_MS_MAX) {
      this.#violate(`after the calm the engine is not well: ${JSON.stringify(health)}`, []);
    }
  }

  /** Everything is switched off; what was accepted must finish, the deferred included once their time has come. */
  async #drain(): Promise<void> {
    const daemon = this.#daemon!;
    await this.#workload.switchAllOff(daemon);
    for (let drains = 0; drains < DRAINS_MAX; drains += 1) {
      const until = this.#time.now + DRAIN_MS_MAX;
      while (this.#time.now < until && this.#isBusy()) await this.#time.sleep(1000);
      const waiting = this.#unfinished();
      const gatherings = this.#outside.gatheringEnds();
      if ((waiting.length === 0 && gatherings.length === 0) || this.#isBusy()) return;
      const latest = Math.max(...waiting.map((run) => run.available_at), ...this.#holdEnds(), ...gatherings);
      this.#log.add(`## ${waiting.length + gatherings.length} deferred runs: the clock moves to the time of the last`);
      this.#wall.jump(latest - this.#wall.now() + 1000);
      daemon.engine.poke();
      // The engine looks at the clock twice a second; only then is anything busy again.
      await this.#time.sleep(5000);
    }
  }

  #isBusy(): boolean {
    const now = this.#wall.now();
    // Held runs wait for their agent's account, and those behind them for these.
    const isDue = (run: Unfinished): boolean =>
      run.status === 'running' || (run.available_at <= now && run.queue !== 'held' && run.queue !== 'behind');
    return this.#outside.isBusy() || this.#world.living().length > 0 || this.#unfinished().some(isDue);
  }

  /** When the accounts of held agents are open again. */
  #holdEnds(): number[] {
    return this.#home.connection.all<{ until: number }>('select until from agent_holds').map(({ until }) => until);
  }

  #unfinished(): Unfinished[] {
    return this.#home.connection.all(
      `select id, status, queue, available_at from runs where status in ('scheduled', 'running') order by seq`,
    );
  }

  #finished(): string[] {
    const rows = this.#home.connection.all<{ id: string }>(
      `select id from runs where status in ('completed', 'failed', 'canceled') order by seq desc limit 20`,
    );
    return rows.map((run) => run.id);
  }

  async #boot(): Promise<void> {
    this.#home.reopenAfterDeath();
    this.#lives += 1;
    const life = new Life({ node: `node-${this.#lives}`, time: this.#time, wall: this.#wall });
    this.#log.add(`## ${life.node} starts`);
    this.#witness.trouble(0);
    const connection = () => this.#home.connection;
    const { store } = this.#home;
    const flaky = flakyStore({
      store: this.#plant?.beneath?.(store, connection) ?? store,
      life,
      faults: this.#faults,
      observer: this.#witness,
      now: () => this.#time.now,
      onBusyLoop: (step) => this.#violate(`the engine calls ${step.name} over and over and never rests`, []),
    });
    const daemon = createSimDaemon({
      life,
      store: this.#plant?.above?.(flaky, connection) ?? flaky,
      stage: this.#stage,
      scenario: this.#scenario,
      random: this.#random.fork(life.node),
      alter: (context) => this.#plant?.context?.(context) ?? context,
    });
    daemon.bus.subscribe((happening) => {
      if (happening.type === 'service.failed') {
        this.#log.add(`!! ${happening.service} is in trouble: ${happening.code ?? happening.error}`);
        // Whatever is not an error of the port is a mistake of ours, and must not hide behind "tried again".
        if (!EXPECTED_TROUBLE.test(happening.error))
          this.#violate(`${happening.service} failed: ${happening.error}`, []);
      }
    });
    this.#daemon = daemon;
    life.onDeath(() => {
      this.#deaths += 1;
      this.#witness.trouble(0);
      this.#log.add(`## ${life.node} is dead`);
      this.#faults.disarm();
      if (this.#daemon === daemon) this.#daemon = undefined;
    });
    const starting = this.#workload.loadPause(daemon).then(() => this.#workload.applyFile(daemon));
    this.#let(
      starting.then(() => {
        daemon.engine.start();
        daemon.isStarted = true;
      }),
    );
    // The first moments of a life are where it most likely dies again.
    await this.#time.sleep(5);
  }

  /** An orderly stop, as by SIGTERM. It may be cut short by a death. */
  async #stop(p: { graceMs: number }): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === undefined) return;
    this.#log.add(`## ${daemon.life.node} is asked to stop within ${p.graceMs} ms`);
    const stop = { isDone: false };
    this.#let(
      daemon.engine.stop(p).then(() => {
        stop.isDone = true;
      }),
    );
    const until = this.#time.now + daemon.life.stalledMs + STOP_MS_MAX;
    while (!stop.isDone && !daemon.life.isDead) {
      if (this.#time.now > until) return this.#violate(`${daemon.life.node} does not stop`, []);
      await this.#time.sleep(250);
    }
    daemon.life.die();
  }

  #scriptOf(start: AgentStart): ReturnType<typeof drawScript> {
    if (this.#isCalm) return calmScript();
    // By what it is, not by the order of the starts: one more start changes nothing about the others.
    return drawScript(this.#random.fork(`agent ${start.env['ROUSE_RUN_ID']}`));
  }

  /** Lets something go on by itself; whatever it throws is a violation. */
  #let(promise: Promise<unknown>): void {
    promise.catch((error: unknown) => {
      this.#violate(`something threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, []);
    });
  }

  #violate(sentence: string, about: readonly string[]): void {
    const promise = 'the engine goes on, whatever happens to it, and ends when it is asked to';
    this.#witness.report({ checker: 'simulation', promise, sentence, about });
  }
}

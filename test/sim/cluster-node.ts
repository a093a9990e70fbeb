/** One node of a cluster: its clock, its way to the store, and one life after the other. */
import type { VirtualTime } from '../../src/clock/virtual-time.ts';
import type { ExecutionContext } from '../../src/engine/execution-context.ts';
import type { Store } from '../../src/store/store.ts';
import { createSimDaemon } from './daemon.ts';
import type { SimDaemon } from './daemon.ts';
import type { EventLog } from './event-log.ts';
import { flakyStore } from './flaky-store.ts';
import { Life } from './life.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './scripted-driver.ts';
import { StoreFaults } from './store-faults.ts';
import { WallClock } from './wall-clock.ts';
import type { Witness } from './witness.ts';
import type { Workload } from './workload.ts';

const EXPECTED_TROUBLE = /simulated|cannot be ended; trying on/;

export class ClusterNode {
  readonly wall: WallClock;
  readonly faults: StoreFaults;
  deaths = 0;
  daemon: SimDaemon | undefined;
  readonly #p: ClusterNodeParams;
  #lives = 0;

  constructor(p: ClusterNodeParams) {
    this.#p = p;
    this.wall = new WallClock(p.time, p.scenario.startAt);
    this.faults = new StoreFaults({ random: p.random.fork('store'), time: p.time });
  }

  get isDown(): boolean {
    return this.daemon === undefined;
  }

  get frozenMs(): number {
    return this.daemon?.life.stalledMs ?? 0;
  }

  start(): void {
    const { name, machine, time, store, witness, workload, random, scenario, stage, log, violate } = this.#p;
    this.#lives += 1;
    const life = new Life({ node: `${name}-${this.#lives}`, time, wall: this.wall });
    log.add(`## ${life.node} starts`);
    const flaky = flakyStore({
      store,
      life,
      faults: this.faults,
      observer: witness,
      now: () => time.now,
      onBusyLoop: (step) => violate(`${life.node} calls ${step.name} over and over and never rests`),
    });
    const daemon = createSimDaemon({
      life,
      store: this.#p.above?.(flaky) ?? flaky,
      stage: { ...stage, machineOf: () => machine },
      scenario,
      random: random.fork(life.node),
      alter: this.#p.alter,
    });
    daemon.bus.subscribe((happening) => {
      if (happening.type !== 'service.failed') return;
      log.add(`!! ${life.node}: ${happening.service} is in trouble: ${happening.code ?? happening.error}`);
      if (!EXPECTED_TROUBLE.test(happening.error)) violate(`${happening.service} failed: ${happening.error}`);
    });
    this.daemon = daemon;
    life.onDeath(() => {
      this.deaths += 1;
      log.add(`## ${life.node} is dead`);
      this.faults.disarm();
      this.#p.onDeath?.();
      if (this.daemon === daemon) this.daemon = undefined;
      // What it left behind may hold others up for as long as its leases last.
      witness.trouble(60_000);
    });
    workload
      .loadPause(daemon)
      .then(() => workload.applyFile(daemon))
      .then(() => {
        daemon.engine.start();
        daemon.isStarted = true;
      })
      .catch((error: unknown) => violate(`${life.node} did not start: ${String(error)}`));
  }

  die(why: string): void {
    if (this.daemon !== undefined) this.#p.log.add(`## ${this.daemon.life.node}: ${why}`);
    this.daemon?.life.die();
  }

  /** It gets no time; its agents go on, and it wakes up believing that nothing happened. */
  freeze(ms: number): void {
    this.#p.log.add(`## ${this.#p.name} is frozen for ${ms} ms`);
    this.daemon?.life.stall(ms);
    this.#p.witness.trouble(ms + 60_000);
  }

  cutOff(p: { ms: number; failureShare: number }): void {
    this.#p.log.add(`## ${this.#p.name} is cut off from the store: ${JSON.stringify(p)}`);
    this.faults.open({ ...p, slowShare: 0 });
    this.#p.witness.trouble(p.ms + 60_000);
  }

  async stop(p: { graceMs: number; withinMs: number }): Promise<void> {
    const { daemon } = this;
    if (daemon === undefined) return;
    const { time, log, violate } = this.#p;
    log.add(`## ${daemon.life.node} is asked to stop within ${p.graceMs} ms`);
    const stop = { isDone: false };
    daemon.engine
      .stop({ graceMs: p.graceMs })
      .then(() => {
        stop.isDone = true;
      })
      .catch((error: unknown) => violate(`${daemon.life.node} did not stop: ${String(error)}`));
    const until = time.now + daemon.life.stalledMs + p.withinMs;
    while (!stop.isDone && !daemon.life.isDead) {
      if (time.now > until + daemon.life.stalledMs) return violate(`${daemon.life.node} does not stop`);
      await time.sleep(250);
    }
    daemon.life.die();
  }
}

export interface ClusterNodeParams {
  name: string;
  machine: string;
  random: Random;
  time: VirtualTime;
  scenario: Scenario;
  stage: Omit<Stage, 'machineOf'>;
  store: Store;
  witness: Witness;
  workload: Workload;
  log: EventLog;
  violate: (sentence: string) => void;
  alter: (context: ExecutionContext) => ExecutionContext;
  above?: (store: Store) => Store;
  onDeath?: () => void;
}

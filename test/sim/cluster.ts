/**
 * Several nodes, one store: each with a clock of its own, all over one database. Nodes die, freeze and wake up as
 * zombies, are cut off from the store, and come back, while the others go on. Two kinds of world: nodes that share a
 * machine see each other's processes, so every promise holds to the letter; on machines of their own the processes of a
 * node that is frozen or cut off can be ended by nobody else, and what is promised is that they can do nothing that
 * counts, and are gone soon after their node is itself again.
 */
import { VirtualTime } from '../../src/clock/virtual-time.ts';
import { calmScript, drawScript } from './agent-script.ts';
import type { AgentScript } from './agent-script.ts';
import { AgentWorld } from './agent-world.ts';
import type { AgentProcess } from './agent-world.ts';
import { allCheckers } from './checkers/all-checkers.ts';
import { zombies } from './checkers/zombies.ts';
import { ClusterNode } from './cluster-node.ts';
import { EventLog } from './event-log.ts';
import type { Plant } from './plant.ts';
import { OutsideWorld } from './outside-world.ts';
import { Random } from './random.ts';
import { drawScenario } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import { sharedStore } from './shared-store.ts';
import type { SimFolder, SimHome } from './sim-home.ts';
import type { SimulationResult } from './simulation.ts';
import { WallClock } from './wall-clock.ts';
import { Witness } from './witness.ts';
import { Workload } from './workload.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Clocks of a cluster are kept together; leases rely on it (src/engine/lease-keeper.ts). */
const SKEW_MS_MAX = 2 * SECOND;
const CALM_MS = 14 * MINUTE;
const DRAIN_MS_MAX = 60 * MINUTE;
const DRAINS_MAX = 8;
const STOP_MS_MAX = 10 * MINUTE;

export async function simulateCluster(p: {
  seed: number;
  folder: SimFolder;
  plant?: Plant;
}): Promise<SimulationResult> {
  const cluster = new Cluster(p);
  try {
    return await cluster.run();
  } finally {
    cluster.close();
  }
}

class Cluster {
  readonly #seed: number;
  readonly #random: Random;
  readonly #scenario: Scenario;
  readonly #ownMachines: boolean;
  readonly #time = new VirtualTime();
  readonly #wall: WallClock;
  readonly #log: EventLog;
  readonly #home: SimHome;
  readonly #world: AgentWorld;
  readonly #witness: Witness;
  readonly #workload: Workload;
  readonly #outside: OutsideWorld;
  readonly #nodes: readonly ClusterNode[];
  #isCalm = false;

  constructor(p: { seed: number; folder: SimFolder; plant?: Plant }) {
    this.#seed = p.seed;
    this.#random = new Random(`rouse cluster ${p.seed}`);
    this.#scenario = drawScenario(this.#random.fork('scenario'));
    this.#ownMachines = this.#random.fork('machines').chance(0.5);
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
      checkers: [...allCheckers(), zombies({ skewMs: SKEW_MS_MAX })],
      caps: this.#scenario.caps,
      timezone: () => this.#scenario.timezone,
      living: () => this.#countingProcesses(),
      allProcesses: () => this.#world.living(),
      now: () => this.#time.now,
      wallNow: () => this.#wall.now(),
    });
    this.#workload = new Workload({
      random: this.#random.fork('people'),
      scenario: this.#scenario,
      witness: () => this.#witness,
      log: (text) => this.#log.add(text),
      wallNow: () => this.#wall.now(),
      unfinishedRuns: () => this.#unfinished().map((run) => run.id),
      finishedRuns: () => this.#finished(),
    });
    const asked = this.#random.fork('who is asked');
    this.#outside = new OutsideWorld({
      random: this.#random.fork('outside'),
      time: this.#time,
      witness: () => this.#witness,
      log: (text) => this.#log.add(text),
      writingContext: () => this.#workload.context(),
      daemon: () => {
        const ready = this.#nodes.filter((node) => node.daemon?.isStarted === true && node.frozenMs === 0);
        return ready.length === 0 ? undefined : asked.pick(ready).daemon;
      },
      let: (going) => this.#let(going),
    });
    const connection = () => this.#home.connection;
    const store = sharedStore(this.#home.store, connection);
    const count = this.#random.fork('nodes').int(2, 3);
    this.#nodes = Array.from({ length: count }, (_, index) => {
      const name = `node-${'abc'[index]}`;
      return new ClusterNode({
        name,
        machine: this.#ownMachines ? name : 'the machine',
        random: this.#random.fork(name),
        time: this.#time,
        scenario: this.#scenario,
        stage: {
          world: this.#world,
          scriptOf: (start) => this.#scriptOf(start.env['ROUSE_RUN_ID'] ?? ''),
          workspaceOf: (start) => this.#scenario.workspaces.find(({ path }) => path === start.cwd)?.id ?? '',
        },
        store: p.plant?.beneath?.(store, connection) ?? store,
        witness: this.#witness,
        workload: this.#workload,
        log: this.#log,
        violate: (sentence) => this.#violate(sentence),
        alter: (context) => p.plant?.context?.(context) ?? context,
        ...(this.#ownMachines ? { onDeath: () => this.#machineDied(name) } : {}),
        ...(p.plant?.above === undefined ? {} : { above: (flaky) => p.plant!.above!(flaky, connection) }),
      });
    });
  }

  async run(): Promise<SimulationResult> {
    const story = { isOver: false };
    const telling = this.#tell().finally(() => {
      story.isOver = true;
    });
    telling.catch(() => {});
    const cameToEnd = await this.#time.runUntil(() => story.isOver || this.#witness.violation !== undefined);
    if (story.isOver) await telling;
    if (!cameToEnd) this.#violate('nothing could happen any more, and the story was not over');
    const { violation, counts } = this.#witness;
    return {
      seed: this.#seed,
      ...(violation === undefined ? {} : { violation }),
      digest: this.#log.digest(),
      ...counts,
      deaths: this.#nodes.reduce((sum, node) => sum + node.deaths, 0),
      events: this.#log.count,
      virtualMs: this.#time.now,
    };
  }

  close(): void {
    for (const node of this.#nodes) node.die('the simulation is over');
    this.#home.remove();
  }

  async #tell(): Promise<void> {
    const { caps, timezone } = this.#scenario;
    const where = this.#ownMachines ? 'machines of their own' : 'one machine';
    this.#log.add(`## ${this.#nodes.length} nodes on ${where} in ${timezone} with caps ${JSON.stringify(caps)}`);
    this.#skewClocks();
    for (const node of this.#nodes) node.start();
    await this.#time.sleep(SECOND);
    const first = await this.#someNode();
    await Promise.race([this.#workload.createFirst(first.daemon!), this.#time.sleep(MINUTE)]);
    this.#outside.begin();
    await this.#troubledTimes();
    await this.#becomeCalm();
    await this.#time.sleep(CALM_MS);
    await this.#drain();
    this.#outside.end();
    await Promise.all(this.#nodes.map((node) => node.stop({ graceMs: SECOND, withinMs: STOP_MS_MAX })));
    this.#witness.checkEnd();
  }

  async #troubledTimes(): Promise<void> {
    const random = this.#random.fork('troubles');
    let leftMs = this.#scenario.troubledMs;
    while (leftMs > 0) {
      const pauseMs = random.logarithmic(1 + this.#scenario.paceMs / 20, this.#scenario.paceMs * 4);
      leftMs -= pauseMs;
      await this.#time.sleep(pauseMs);
      const node = random.pick(this.#nodes);
      this.#witness.trouble(0);
      if (node.isDown) {
        node.start();
        continue;
      }
      this.#befall(random, node);
    }
  }

  #befall(random: Random, node: ClusterNode): void {
    const trouble = random.weighted({
      people: 30,
      death: 3,
      death_at_step: 4,
      restart: 2,
      freeze: 6,
      cut_off: 4,
      skew: 3,
    });
    switch (trouble) {
      case 'people':
        if (node.daemon?.isStarted === true) this.#let(this.#workload.act(node.daemon));
        return;
      case 'death':
        return node.die('it is killed');
      case 'death_at_step':
        return node.faults.armDeath({ stepsLeft: random.logarithmic(1, 40), when: random.pick(['before', 'after']) });
      case 'restart':
        return this.#let(node.stop({ graceMs: random.pick([0, 2000]), withinMs: STOP_MS_MAX }));
      case 'freeze':
        return node.freeze(random.logarithmic(SECOND, 3 * MINUTE));
      case 'cut_off':
        return node.cutOff({ ms: random.logarithmic(SECOND, 3 * MINUTE), failureShare: random.pick([0.3, 1]) });
      case 'skew':
        return this.#skewClocks();
    }
  }

  #skewClocks(): void {
    const random = this.#random.fork(`skew ${this.#time.now}`);
    for (const node of this.#nodes) {
      const wanted = this.#wall.now() + random.int(-SKEW_MS_MAX, SKEW_MS_MAX) / 2;
      node.wall.jump(Math.round(wanted - node.wall.now()));
    }
  }

  async #becomeCalm(): Promise<void> {
    this.#isCalm = true;
    this.#log.add('## calm');
    for (const node of this.#nodes) node.faults.end();
    await this.#time.sleep(Math.max(0, ...this.#nodes.map((node) => node.frozenMs)) + MINUTE);
    for (const node of this.#nodes) if (node.isDown) node.start();
    const node = await this.#someNode();
    await node.daemon!.commands.resume({ actor: 'user:sim' });
    await this.#outside.calm();
  }

  async #drain(): Promise<void> {
    const node = await this.#someNode();
    await this.#workload.switchAllOff(node.daemon!);
    for (let drains = 0; drains < DRAINS_MAX; drains += 1) {
      const until = this.#time.now + DRAIN_MS_MAX;
      while (this.#time.now < until && this.#isBusy()) await this.#time.sleep(SECOND);
      const waiting = this.#unfinished();
      const gatherings = this.#outside.gatheringEnds();
      if ((waiting.length === 0 && gatherings.length === 0) || this.#isBusy()) return;
      const holds = this.#home.connection.all<{ until: number }>('select until from agent_holds');
      const holdEnds = holds.map((hold) => hold.until);
      const latest = Math.max(...waiting.map((run) => run.available_at), ...holdEnds, ...gatherings);
      const byMs = latest - this.#wall.now() + SKEW_MS_MAX;
      this.#log.add(`## ${waiting.length} deferred runs: the clocks move by ${byMs} ms`);
      this.#wall.jump(byMs);
      for (const other of this.#nodes) {
        other.wall.jump(byMs);
        other.daemon?.engine.poke();
      }
      await this.#time.sleep(5 * SECOND);
    }
  }

  #isBusy(): boolean {
    const now = this.#wall.now();
    const isDue = (run: { status: string; queue: string | null; available_at: number }): boolean =>
      run.status === 'running' || (run.available_at <= now && run.queue !== 'held' && run.queue !== 'behind');
    return this.#outside.isBusy() || this.#world.living().length > 0 || this.#unfinished().some(isDue);
  }

  /** A node that works, as soon as there is one. */
  async #someNode(): Promise<ClusterNode> {
    for (;;) {
      const node = this.#nodes.find((one) => one.daemon?.isStarted === true && one.frozenMs === 0);
      if (node !== undefined) return node;
      await this.#time.sleep(SECOND);
      for (const one of this.#nodes) if (one.isDown) one.start();
    }
  }

  /**
   * Whose work counts. On machines of their own, what a frozen or fenced node still has running counts for nothing: its
   * claim is over, and nobody can end it before the node is itself again (the zombies checker sees to that).
   */
  #countingProcesses(): AgentProcess[] {
    const living = this.#world.living();
    if (!this.#ownMachines) return living;
    return living.filter((process) => this.#holdsClaim(process));
  }

  #holdsClaim(process: AgentProcess): boolean {
    const row = this.#home.connection.one<{ lease_until: number }>(
      `select lease_until from runs where id = ? and token = ? and status = 'running'`,
      process.runId,
      process.token,
    );
    return row !== undefined && row.lease_until > this.#wall.now() - SKEW_MS_MAX;
  }

  /** A machine of its own dies with its node, and takes along what works there, children of agents included. */
  #machineDied(machine: string): void {
    for (const process of this.#world.living()) {
      if (process.machine === machine) this.#world.end(process, 'its machine died');
    }
  }

  #unfinished(): { id: string; status: string; queue: string | null; available_at: number }[] {
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

  #scriptOf(runId: string): AgentScript {
    const script = this.#isCalm ? calmScript() : drawScript(this.#random.fork(`agent ${runId}`));
    // A machine that dies takes its processes along. Where a frozen node may wake up, nothing lies between the question
    // whether an agent may be started and its start.
    return { ...script, spawnMs: 0, survivesDaemon: script.survivesDaemon && !this.#ownMachines };
  }

  #let(promise: Promise<unknown>): void {
    promise.catch((error: unknown) => {
      this.#violate(`something threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    });
  }

  #violate(sentence: string): void {
    const promise = 'the engines go on, whatever happens to them, and end when they are asked to';
    this.#witness.report({ checker: 'simulation', promise, sentence, about: [] });
  }
}

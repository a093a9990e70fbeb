/**
 * What comes from outside: programs that tell events and repeat themselves until they are heard, people who write
 * triggers and hand work over as tasks, workers who take tasks and may vanish with them. All of it lives beside the
 * daemon, as in reality: who is not answered asks the next life. In some worlds there is none of it.
 */
import type { VirtualTime } from '../../src/clock/virtual-time.ts';
import { AppError } from '../../src/errors/app-error.ts';
import { isTrigger } from '../../src/model/automation.ts';
import type { SimDaemon } from './daemon.ts';
import { writeJob } from './job-writer.ts';
import type { WritingContext } from './job-writer.ts';
import type { Random } from './random.ts';
import { TaskWorker } from './task-worker.ts';
import { writeConditions, writeEvent, writeTrigger } from './trigger-writer.ts';
import type { Witness } from './witness.ts';

/** Whoever is not answered by then asks again. */
const ANSWER_MS_MAX = 30_000;
/** Between two tries. */
const AGAIN_MS = 2000;
const AGAIN_MS_MAX = 5 * 60_000;
/** So many events wait to be heard; then whoever tells them holds the others back. */
const UNHEARD_MAX = 10;
const ACTOR = 'user:outside';

export interface OutsideParams {
  random: Random;
  time: VirtualTime;
  witness: () => Witness;
  log: (text: string) => void;
  writingContext: () => WritingContext;
  /** One that can be asked right now. */
  daemon: () => SimDaemon | undefined;
  /** For what goes on by itself; whatever it throws is a violation. */
  let: (going: Promise<unknown>) => void;
}

export class OutsideWorld {
  readonly #p: OutsideParams;
  readonly #triggers: number;
  readonly #taskJobs: number;
  readonly #workers: readonly TaskWorker[];
  #names = 0;
  #unheard = 0;
  #isCalm = false;
  #isOver = false;

  constructor(p: OutsideParams) {
    this.#p = p;
    const has = p.random.fork('what there is');
    this.#triggers = has.chance(0.4) ? has.int(1, 4) : 0;
    this.#taskJobs = has.chance(0.3) ? has.int(1, 2) : 0;
    const workers = this.#taskJobs === 0 ? 0 : has.int(1, 2);
    this.#workers = Array.from({ length: workers }, (_, index) => {
      const name = `worker-${index}`;
      return new TaskWorker({ ...p, name, random: p.random.fork(name), ask: (how) => this.#ask(how) });
    });
  }

  /** The first definitions, and everything that goes on by itself from then on. */
  begin(): void {
    const { random } = this.#p;
    for (let count = 0; count < this.#triggers; count += 1) this.#p.let(this.#createTrigger());
    for (let count = 0; count < this.#taskJobs; count += 1) this.#p.let(this.#createTaskJob());
    if (this.#triggers > 0) this.#p.let(this.#tellEvents(random.fork('told')));
    if (this.#triggers > 0) this.#p.let(this.#changeTriggers(random.fork('changes')));
    for (const worker of this.#workers) this.#p.let(worker.work(() => this.#isOver));
  }

  /** Nobody changes anything any more; who was not heard goes on until he is, and workers do what they took. */
  async calm(): Promise<void> {
    this.#isCalm = true;
    for (const worker of this.#workers) worker.calm();
    // What a worker vanished with, people take back: by a clock that was set back its lease may last for days.
    for (const { id } of this.#openTasks()) {
      await this.#ask((daemon) => daemon.tasks.cancelTask({ id, actor: ACTOR }));
    }
  }

  end(): void {
    this.#isOver = true;
  }

  isBusy(): boolean {
    return this.#unheard > 0 || this.#openTasks().length > 0 || this.#isUntold();
  }

  /** When what triggers gather will have been gathered long enough. */
  gatheringEnds(): number[] {
    const rows = this.#p.witness().ask<{ due_at: number }>('select due_at from gatherings');
    return rows.map((row) => row.due_at);
  }

  /** What happened is not an event yet, or an event not considered to its end. */
  #isUntold(): boolean {
    const [waiting] = this.#p.witness().ask<{ waits: 0 | 1 }>(
      `select exists (select 1 from occurrences)
        or exists (select 1 from activations where match_after is not null) as waits`,
    );
    return waiting?.waits === 1;
  }

  #openTasks(): { id: string }[] {
    return this.#p.witness().ask(`select id from tasks where status in ('queued', 'claimed') order by seq`);
  }

  async #tellEvents(random: Random): Promise<void> {
    while (!this.#isCalm) {
      await this.#p.time.sleep(random.logarithmic(200, 60_000));
      await this.#someDaemon();
      const count = random.chance(0.2) ? random.int(2, 8) : 1;
      for (let index = 0; index < count && this.#unheard < UNHEARD_MAX; index += 1) this.#p.let(this.#tell(random));
    }
  }

  /** One event, told until somebody says that it was heard; sometimes once more after that. */
  async #tell(random: Random): Promise<void> {
    this.#names += 1;
    const event = writeEvent(random, this.#names, this.#p.writingContext());
    const twice = random.chance(0.1);
    this.#p.log(`> tell ${JSON.stringify(event)}`);
    this.#unheard += 1;
    const heard = await this.#ask((daemon) => daemon.commands.sendEvent({ written: event, actor: ACTOR }));
    if (heard !== undefined) this.#p.witness().acknowledged(heard.activation.id);
    if (twice) await this.#ask((daemon) => daemon.commands.sendEvent({ written: event, actor: ACTOR }));
    this.#unheard -= 1;
  }

  async #changeTriggers(random: Random): Promise<void> {
    while (!this.#isCalm) {
      await this.#p.time.sleep(random.logarithmic(5000, 240_000));
      if (!this.#isCalm) await this.#changeTrigger(random);
    }
  }

  async #changeTrigger(random: Random): Promise<void> {
    const triggers = this.#p.witness().automations().filter(isTrigger);
    const action = random.weighted({ create: 1, switch: 3, conditions: 2, delete: 1, run_now: 1 });
    if (action === 'create' || triggers.length === 0) return this.#createTrigger();
    const trigger = random.pick(triggers);
    const { id } = trigger;
    const actor = ACTOR;
    this.#p.log(`> ${action} ${id}`);
    switch (action) {
      case 'switch':
        return this.#tryOnce((daemon) =>
          daemon.commands.updateTrigger({ id, patch: { enabled: !trigger.enabled }, actor }),
        );
      case 'conditions': {
        const patch = { filter: null, when: null, ...writeConditions(random, trigger.event) };
        return this.#tryOnce((daemon) => daemon.commands.updateTrigger({ id, patch, actor }));
      }
      case 'delete':
        return this.#tryOnce((daemon) => daemon.commands.deleteTrigger({ id, actor }));
      case 'run_now':
        return this.#tryOnce((daemon) => daemon.commands.runTriggerNow({ id, actor }));
    }
  }

  #createTrigger(): Promise<void> {
    this.#names += 1;
    const written = writeTrigger(this.#p.random, `trigger-${this.#names}`, this.#p.writingContext());
    this.#p.log(`> create ${JSON.stringify(written)}`);
    return this.#tryOnce((daemon) => daemon.commands.createTrigger({ written, actor: ACTOR }));
  }

  #createTaskJob(): Promise<void> {
    this.#names += 1;
    const { agent_name: _nobody, ...job } = writeJob(
      this.#p.random,
      `handed-over-${this.#names}`,
      this.#p.writingContext(),
    );
    const written = { ...job, task: { title: 'Look after it yourselves.' } };
    this.#p.log(`> create ${JSON.stringify(written)}`);
    return this.#tryOnce((daemon) => daemon.commands.createJob({ written, actor: ACTOR }));
  }

  async #tryOnce(how: (daemon: SimDaemon) => Promise<unknown>): Promise<void> {
    await this.#ask(how, { tries: 1 });
  }

  /**
   * Asks until there is an answer, of whichever daemon lives; a refusal for good is `undefined`. Who asks something that
   * may have happened already must ask in a way that may be repeated.
   */
  async #ask<T>(
    how: (daemon: SimDaemon) => Promise<T>,
    p: { tries: number } = { tries: Infinity },
  ): Promise<T | undefined> {
    for (let tries = 0; tries < p.tries && !this.#isOver; tries += 1) {
      const daemon = await this.#someDaemon();
      if (daemon === undefined) return undefined;
      try {
        const answer = await Promise.race([how(daemon), this.#p.time.sleep(ANSWER_MS_MAX).then(() => NO_ANSWER)]);
        if (answer !== NO_ANSWER) return answer as T;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.code !== 'store_unavailable' && error.code !== 'disk_full') {
          this.#p.log(`< refused: ${error.code}`);
          return undefined;
        }
      }
      await this.#p.time.sleep(AGAIN_MS);
    }
    return undefined;
  }

  /** Whoever finds nobody asks less and less often: a machine may be down for days. */
  async #someDaemon(): Promise<SimDaemon | undefined> {
    let waitMs = AGAIN_MS;
    for (;;) {
      const daemon = this.#p.daemon();
      if (daemon !== undefined || this.#isOver) return daemon;
      await this.#p.time.sleep(waitMs);
      waitMs = Math.min(2 * waitMs, AGAIN_MS_MAX);
    }
  }
}

const NO_ANSWER = Symbol('no answer');

/** What people do meanwhile: they write, edit, switch, run, cancel and delete, and change their files. */
import type { AutomationCommands } from '../../src/engine/automation-commands.ts';
import { AppError } from '../../src/errors/app-error.ts';
import { isTrigger } from '../../src/model/automation.ts';
import type { Job } from '../../src/model/job.ts';
import { completeJob } from '../../src/model/definition.ts';
import type { SimDaemon } from './daemon.ts';
import { writeBudget, writeFireLimit, writeJob, writeRetry, writeSchedule } from './job-writer.ts';
import type { WritingContext, WrittenJob } from './job-writer.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import type { Witness } from './witness.ts';

export interface WorkloadParams {
  random: Random;
  scenario: Scenario;
  witness: () => Witness;
  log: (text: string) => void;
  wallNow: () => number;
  unfinishedRuns: () => string[];
  finishedRuns: () => string[];
}

const ZONE_FACT = 'automation_timezone';

export class Workload {
  readonly #p: WorkloadParams;
  /** The jobs of the configuration file as it stands; a daemon reads it when it starts and when it changes. */
  #file: WrittenJob[] = [];
  #names = 0;

  constructor(p: WorkloadParams) {
    this.#p = p;
    this.#file = Array.from({ length: p.scenario.configJobs }, () => this.#write());
  }

  async createFirst(daemon: SimDaemon): Promise<void> {
    for (let count = 0; count < this.#p.scenario.jobs; count += 1) await this.#create(daemon.commands);
  }

  /** One thing that somebody does now. Returns when it was answered, which may be never. */
  async act(daemon: SimDaemon): Promise<void> {
    const { random, wallNow } = this.#p;
    const { commands } = daemon;
    const action = random.weighted({
      create: 1,
      edit_prompt: 2,
      edit_schedule: 2,
      edit_rules: 2,
      switch: 3,
      delete: 1,
      run_now: 5,
      cancel: 4,
      answer: 2,
      file: 2,
      overlay: 2,
      pause: 1,
      retry: 1,
      backfill: 1,
      release: 1,
    });
    if (action === 'create') return this.#create(commands);
    if (action === 'cancel') return this.#cancel(commands);
    if (action === 'answer') return this.#answerPermission(daemon);
    if (action === 'file') return this.#editFile(daemon);
    if (action === 'pause') return this.#pauseOrResume(daemon);
    if (action === 'retry') return this.#retry(commands);
    if (action === 'release') {
      const { name } = random.pick(this.#p.scenario.agents);
      return this.#say(`release agent ${name}`, commands.releaseAgent({ name, actor: 'user:sim' }));
    }
    const job = this.#pickJob(action === 'overlay' ? 'config' : 'dynamic');
    if (job === undefined) return;
    const { id } = job;
    const actor = 'user:sim';
    switch (action) {
      case 'edit_prompt':
        return this.#say(`edit the prompt of ${id}`, commands.updateJob({ id, patch: { prompt: 'Anew.' }, actor }));
      case 'edit_schedule': {
        const schedule = writeSchedule(random, this.context());
        const patch = { schedule: { expr: null, interval: null, time: null, timezone: null, ...schedule } };
        return this.#say(
          `edit the schedule of ${id}: ${JSON.stringify(schedule)}`,
          commands.updateJob({ id, patch, actor }),
        );
      }
      case 'edit_rules': {
        const patch = {
          retry: writeRetry(random),
          fire_limit: writeFireLimit(random),
          overlap: random.pick(['skip', 'queue', 'queue_all', 'cancel_running', 'allow']),
          ...writeBudget(random.fork(`budget ${wallNow()}`)),
        };
        return this.#say(`edit the rules of ${id}: ${JSON.stringify(patch)}`, commands.updateJob({ id, patch, actor }));
      }
      case 'switch':
        return this.#say(
          `switch ${id} ${job.enabled ? 'off' : 'on'}`,
          commands.updateJob({ id, patch: { enabled: !job.enabled }, actor }),
        );
      case 'delete':
        return this.#say(`delete ${id}`, commands.deleteJob({ id, actor }));
      case 'backfill': {
        const to = this.#p.wallNow() - random.logarithmic(1000, 3_600_000);
        const from = to - random.logarithmic(60_000, 3_600_000);
        return this.#say(`backfill ${id}`, commands.backfillJob({ id, from, to, dryRun: random.chance(0.2), actor }));
      }
      case 'run_now':
        return this.#say(`run ${id} now`, commands.runJobNow({ id, actor }));
      case 'overlay':
        return random.chance(0.3)
          ? this.#say(`clear the overlay of ${id}`, commands.clearJobOverlay({ id, actor }))
          : this.#say(
              `overlay ${id} with ${!job.enabled}`,
              commands.setJobOverlay({ id, enabled: !job.enabled, actor }),
            );
    }
  }

  /** What a daemon does with its files when it starts and when they change; repeated until the store takes it. */
  async applyFile(daemon: SimDaemon): Promise<void> {
    const { store, life, placeCursor } = daemon;
    for (;;) {
      const now = life.clock.now();
      const automations = this.#file.map((written) => completed(written, now));
      try {
        for (const workspace of this.#p.scenario.workspaces) await store.putWorkspace({ now, workspace });
        await this.#placeForZone({ store, now, placeCursor });
        await store.syncAutomations({ now, source: 'config', automations, keep_ids: [], placeCursor });
        daemon.engine.poke();
        return;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        await life.sleep(1000);
      }
    }
  }

  /** As the daemon does with a default zone that changed while it was down. */
  async #placeForZone(p: Pick<SimDaemon, 'store' | 'placeCursor'> & { now: number }): Promise<void> {
    const { scenario } = this.#p;
    const zone = await p.store.readFact({ name: ZONE_FACT });
    const isMoved = zone !== undefined && zone !== scenario.timezone;
    if (isMoved) scenario.formerTimezone = zone;
    await p.store.replaceCursors({ ...p, which: isMoved ? 'all' : 'parked' });
    await p.store.writeFact({ now: p.now, name: ZONE_FACT, value: scenario.timezone });
  }

  /** Before an engine plans anything it must know that it is paused. */
  async loadPause(daemon: SimDaemon): Promise<void> {
    for (;;) {
      try {
        return await daemon.engine.pauseSwitch.load();
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        await daemon.life.sleep(1000);
      }
    }
  }

  /** Switches everything off, so that what is left can drain. */
  async switchAllOff(daemon: SimDaemon): Promise<void> {
    for (const { job } of this.#p.witness().jobs.values()) {
      if (job?.enabled !== true) continue;
      const actor = 'user:sim';
      if (isTrigger(job)) await daemon.commands.updateTrigger({ id: job.id, patch: { enabled: false }, actor });
      else
        await (job.source === 'dynamic'
          ? daemon.commands.updateJob({ id: job.id, patch: { enabled: false }, actor })
          : daemon.commands.setJobOverlay({ id: job.id, enabled: false, actor }));
    }
  }

  async cancelAll({ commands }: SimDaemon): Promise<void> {
    for (const id of this.#p.unfinishedRuns()) await commands.cancelRun({ id, actor: 'user:sim' });
  }

  #create(commands: AutomationCommands): Promise<void> {
    const written = this.#write();
    return this.#say(`create ${JSON.stringify(written)}`, commands.createJob({ written, actor: 'user:sim' }));
  }

  #cancel(commands: AutomationCommands): Promise<void> {
    const runs = this.#p.unfinishedRuns();
    if (runs.length === 0) return Promise.resolve();
    const id = this.#p.random.pick(runs);
    return this.#say(`cancel ${id}`, commands.cancelRun({ id, actor: 'user:sim' }));
  }

  #answerPermission(daemon: SimDaemon): Promise<void> {
    for (const runId of this.#p.unfinishedRuns()) {
      if (daemon.engine.permissionOf({ runId })?.isOpen !== true) continue;
      const answer = { option_id: this.#p.random.pick(['yes', 'no']) };
      const answering = daemon.commands.answerPermission({ id: runId, answer, actor: 'user:sim' });
      return this.#say(`answer the permission request of ${runId} with ${answer.option_id}`, answering);
    }
    return Promise.resolve();
  }

  #pauseOrResume({ commands }: SimDaemon): Promise<void> {
    const actor = 'user:sim';
    if (commands.pauseState().paused) return this.#say('resume everything', commands.resume({ actor }));
    return this.#say('pause everything', commands.pause({ actor }));
  }

  #retry(commands: AutomationCommands): Promise<void> {
    const runs = this.#p.finishedRuns();
    if (runs.length === 0) return Promise.resolve();
    const id = this.#p.random.pick(runs);
    return this.#say(`retry ${id}`, commands.retryRun({ id, actor: 'user:sim' }));
  }

  #editFile(daemon: SimDaemon): Promise<void> {
    const { random } = this.#p;
    switch (random.weighted({ add: 1, remove: 1, edit: 3 })) {
      case 'add':
        this.#file = [...this.#file, this.#write()].slice(-3);
        break;
      case 'remove':
        this.#file = this.#file.slice(1);
        break;
      case 'edit':
        this.#file = this.#file.map((written) => ({ ...this.#write(), name: written['name'] }));
    }
    return this.#say(`change the file: ${JSON.stringify(this.#file)}`, this.applyFile(daemon));
  }

  async #say(what: string, answering: Promise<unknown>): Promise<void> {
    this.#p.log(`> ${what}`);
    try {
      await answering;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#p.log(`< refused to ${what.slice(0, 60)}: ${error.code}`);
    }
  }

  #pickJob(kind: 'dynamic' | 'config'): Job | undefined {
    const jobs = this.#p
      .witness()
      .automations()
      .filter((automation): automation is Job => !isTrigger(automation) && automation.source === kind);
    return jobs.length === 0 ? undefined : this.#p.random.pick(jobs);
  }

  #write(): WrittenJob {
    this.#names += 1;
    return writeJob(this.#p.random, `job-${this.#names}`, this.context());
  }

  context(): WritingContext {
    const { scenario, wallNow } = this.#p;
    return {
      agents: scenario.agents.map((agent) => agent.name),
      workspaceIds: scenario.workspaces.map((workspace) => workspace.id),
      zones: scenario.zones,
      now: wallNow(),
    };
  }
}

function completed(written: WrittenJob, now: number): Job {
  const completion = completeJob(written, { source: 'config', now });
  if (!completion.ok) throw new Error(`the simulator wrote an invalid job: ${JSON.stringify(completion.problems)}`);
  return completion.automation;
}

/** Somebody who takes tasks and does them, or vanishes, or comes too late: outside of any daemon. */
import type { VirtualTime } from '../../src/clock/virtual-time.ts';
import type { TaskClaim } from '../../src/tasks/task-commands.ts';
import type { SimDaemon } from './daemon.ts';
import type { Random } from './random.ts';
import type { Witness } from './witness.ts';

type Ask = <T>(how: (daemon: SimDaemon) => Promise<T>) => Promise<T | undefined>;

export interface TaskWorkerParams {
  name: string;
  random: Random;
  time: VirtualTime;
  witness: () => Witness;
  log: (text: string) => void;
  /** Undefined: it was refused for good. */
  ask: Ask;
}

export class TaskWorker {
  readonly #p: TaskWorkerParams;
  #isCalm = false;

  constructor(p: TaskWorkerParams) {
    this.#p = p;
  }

  calm(): void {
    this.#isCalm = true;
  }

  async work(isOver: () => boolean): Promise<void> {
    const { random, time, name, ask } = this.#p;
    while (!isOver()) {
      await time.sleep(this.#isCalm ? 2000 : random.logarithmic(1000, 60_000));
      const leaseMs = random.pick([2000, 20_000, 120_000]);
      const claim = await ask((daemon) => daemon.tasks.claimTask({ worker: name, leaseMs, filter: {} }));
      if (claim !== undefined) await this.#carryOut(claim, leaseMs);
    }
  }

  async #carryOut({ task, lease_token: token }: TaskClaim, leaseMs: number): Promise<void> {
    const { random, time, name, ask, log } = this.#p;
    const claim = { task_run_id: task.task_run.id, lease_token: token };
    const how = this.#isCalm
      ? 'completes'
      : random.weighted({ completes: 5, heartbeats: 3, fails: 1, gives_back: 1, vanishes: 2, comes_late: 2 });
    log(`worker ${name} has ${task.id} and ${how}`);
    switch (how) {
      case 'vanishes':
        return;
      case 'gives_back':
        await ask((daemon) => daemon.tasks.releaseTask(claim));
        return;
      case 'fails':
        await ask((daemon) => daemon.tasks.failTask({ ...claim, error: 'it was too hard', actor: name }));
        return;
      case 'heartbeats':
        for (let beat = 0; beat < 3; beat += 1) {
          await time.sleep(leaseMs / 2);
          await ask((daemon) => daemon.tasks.heartbeatTask({ ...claim, leaseMs }));
        }
        break;
      case 'comes_late':
        await time.sleep(leaseMs * 2);
        break;
      case 'completes':
        await time.sleep(leaseMs / 4);
    }
    const done = await ask((daemon) => daemon.tasks.completeTask({ ...claim, output: 'done', actor: name }));
    if (done !== undefined) this.#p.witness().taskDone({ taskId: task.id, by: name });
  }
}

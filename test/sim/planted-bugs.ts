/**
 * The bugs that the net must catch. Each is a small lie between the engine and one of its ports, the kind of mistake that
 * a refactoring makes: seen alone every step still looks right.
 */
import type { NewRun, Store } from '../../src/store/store.ts';
import { compileSchedule } from '../../src/model/schedule/next-fires.ts';
import { durationMs } from '../../src/model/duration.ts';
import type { Plant } from './plant.ts';

/** The store with some of its steps replaced. */
function altered(store: Store, steps: Partial<Store>): Store {
  const replaced = new Map<string | symbol, unknown>(Object.entries(steps));
  return new Proxy(store, {
    get: (target, name, receiver) => replaced.get(name) ?? (Reflect.get(target, name, receiver) as unknown),
  });
}

export const plantedBugs: readonly Plant[] = [
  {
    name: 'instant-skipped',
    says: 'when several instants were due, the cursor moves one instant too far',
    beneath: (store) =>
      altered(store, {
        planFires: (p) =>
          store.planFires({
            ...p,
            decide: (due) => {
              const decision = p.decide(due);
              const { cursor } = decision;
              const interval = due.job.schedule?.interval;
              if (decision.runs.length < 2 || interval === undefined || cursor.next_run_at === undefined)
                return decision;
              const next_run_at = cursor.next_run_at + durationMs(interval);
              return { ...decision, cursor: { ...cursor, next_run_at, due_at: next_run_at } };
            },
          }),
      }),
  },
  {
    name: 'cursor-left-behind',
    says: 'the runs are created and the cursor stays where it was',
    beneath: (store) =>
      altered(store, {
        planFires: (p) => store.planFires({ ...p, decide: (due) => ({ ...p.decide(due), cursor: due.cursor }) }),
      }),
  },
  {
    name: 'limit-forgotten-by-hand',
    says: 'a run by hand does not see what was accepted a moment before',
    beneath: (store) =>
      altered(store, {
        acceptRuns: (p) =>
          store.acceptRuns({
            ...p,
            decide: ({ record, facts }) => p.decide({ record, facts: { ...facts, accepted: [] } }),
          }),
      }),
  },
  {
    name: 'limit-forgotten-by-retries',
    says: 'a retry is accepted without looking at the fire limit',
    beneath: (store) =>
      altered(store, {
        finishRun: (p) =>
          store.finishRun({
            ...p,
            decideFollowUp: (known) => p.decideFollowUp({ ...known, facts: { ...known.facts, accepted: [] } }),
          }),
      }),
  },
  {
    name: 'orphans-unseen',
    says: 'after a restart the processes of the previous daemon are not found, so its runs are finished over their heads',
    context: (context) => ({
      ...context,
      custodian: { ...context.custodian, find: () => Promise.resolve([]) },
    }),
  },
  {
    name: 'gone-without-proof',
    says: 'a process that was asked to end counts as gone',
    context: (context) => ({
      ...context,
      custodian: {
        find: (p) => context.custodian.find(p),
        end: async (p) => ({ ...(await context.custodian.end(p)), gone: true }),
      },
    }),
  },
  {
    name: 'one-over-the-cap',
    says: 'the cap of all runs is compared with less-or-equal',
    beneath: (store) =>
      altered(store, {
        claimRuns: (p) => store.claimRuns({ ...p, caps: { ...p.caps, total: p.caps.total + 1 } }),
      }),
    context: (context) => ({
      ...context,
      settings: () => ({ ...context.settings(), maxConcurrentJobs: context.settings().maxConcurrentJobs + 1 }),
    }),
  },
  {
    name: 'agent-caps-ignored',
    says: 'the own cap of an agent is not passed on',
    beneath: (store) =>
      altered(store, { claimRuns: (p) => store.claimRuns({ ...p, caps: { ...p.caps, per_agent: {} } }) }),
  },
  {
    name: 'backward-jump-drops',
    says: 'a clock that was set back makes the planner drop what it decides next',
    beneath: (store) => {
      let newest = 0;
      let wentBack = false;
      return altered(store, {
        planFires: (p) => {
          wentBack ||= p.now < newest - 1000;
          newest = p.now;
          return store.planFires({
            ...p,
            decide: (due) => {
              const decision = p.decide(due);
              if (!wentBack || decision.runs.length === 0) return decision;
              wentBack = false;
              return { ...decision, runs: [], cancellations: [] };
            },
          });
        },
      });
    },
  },
  {
    name: 'finished-rewritten',
    says: 'a result that arrives twice is written twice',
    beneath: (store, connection) =>
      altered(store, {
        finishRun: (p) => {
          const answering = store.finishRun(p);
          connection().execute('drop trigger if exists runs_finished_stay');
          connection().run(`update runs set ended_at = ? where id = ? and ended_at is not null`, p.now + 1, p.run_id);
          return answering;
        },
      }),
  },
  {
    name: 'dst-fires-twice',
    says: 'on the day the clocks go back a wall time fires at both of its occurrences',
    beneath: (store) =>
      altered(store, {
        planFires: (p) =>
          store.planFires({
            ...p,
            decide: (due) => {
              const decision = p.decide(due);
              const { schedule } = due.job;
              const [after] = [due.cursor.next_run_at];
              if (schedule?.mode !== 'cron' || after === undefined || schedule.dst !== undefined) return decision;
              const spec = { ...schedule, timezone: schedule.timezone ?? 'UTC', dst: { overlap: 'both' as const } };
              const both = compileSchedule(spec, { timezone: 'UTC', anchor: 0 });
              const next = both.next(Math.max(after, decision.cursor.last_scheduled_at ?? after));
              if (next === null || next >= (decision.cursor.next_run_at ?? Infinity)) return decision;
              return { ...decision, cursor: { ...decision.cursor, next_run_at: next, due_at: next } };
            },
          }),
      }),
  },
  {
    name: 'accepted-then-lost',
    says: 'when the answer of the store is lost, what it had accepted is taken back, and the cursor is not',
    above: (store, connection) =>
      altered(store, {
        planFires: async (p) => {
          const planned: string[] = [];
          try {
            return await store.planFires({
              ...p,
              decide: (due) => {
                const decision = p.decide(due);
                planned.push(...decision.runs.map((run) => run.id));
                return decision;
              },
            });
          } catch (error) {
            // Behind the witness's back: that a row is missing has to be noticed by itself.
            connection().execute('drop trigger if exists temp.sim_runs_out');
            for (const id of planned) connection().run('delete from runs where id = ?', id);
            throw error;
          }
        },
      }),
  },
  {
    name: 'neighbour-touched',
    says: 'writing one definition stamps the cursors of all jobs',
    beneath: (store, connection) =>
      altered(store, {
        updateAutomation: (p) => {
          const answering = store.updateAutomation(p);
          connection().run('update cursors set updated_at = ?', p.now);
          return answering;
        },
      }),
  },
  {
    name: 'starts-early',
    says: 'waiting runs are claimed some seconds before their time',
    beneath: (store) => altered(store, { claimRuns: (p) => store.claimRuns({ ...p, now: p.now + 5000 }) }),
  },
  {
    name: 'overlap-ignored',
    says: 'every run is accepted as if its automation allowed overlaps',
    beneath: (store) => {
      const beside = (runs: readonly NewRun[]): NewRun[] => runs.map((run) => ({ ...run, exclusive: false }));
      return altered(store, {
        planFires: (p) =>
          store.planFires({
            ...p,
            decide: (due) => {
              const decision = p.decide({ ...due, facts: { ...due.facts, unfinished: [] } });
              return { ...decision, runs: beside(decision.runs) };
            },
          }),
      });
    },
  },
  {
    name: 'one-retry-too-many',
    says: 'the attempts are counted from zero, so one more than allowed is made',
    beneath: (store) =>
      altered(store, {
        finishRun: (p) =>
          store.finishRun({
            ...p,
            decideFollowUp: (known) => {
              const attempt = Math.max(1, known.run.attempt - 1);
              const followUp = p.decideFollowUp({ ...known, run: { ...known.run, attempt } });
              if (followUp.retry === undefined) return followUp;
              const { id } = followUp.retry;
              const retry = { ...followUp.retry, id: `${id}x`, attempt: known.run.attempt + 1 };
              return { ...followUp, retry };
            },
          }),
      }),
  },
  {
    name: 'cancel-unheard',
    says: 'nobody tells the executor that a run shall end',
    beneath: (store) => altered(store, { listCancelRequests: () => Promise.resolve([]) }),
  },
  {
    name: 'grid-drifts',
    says: 'the next instant of `every` is counted from the start of the run',
    beneath: (store) =>
      altered(store, {
        planFires: (p) =>
          store.planFires({
            ...p,
            decide: (due) => {
              const decision = p.decide(due);
              const interval = due.job.schedule?.interval;
              if (interval === undefined || decision.cursor.next_run_at === undefined) return decision;
              const next_run_at = p.now + durationMs(interval);
              return { ...decision, cursor: { ...decision.cursor, next_run_at, due_at: next_run_at } };
            },
          }),
      }),
  },
  {
    name: 'waits-for-ever',
    says: 'a run that waited behind another is not called when its turn comes',
    beneath: (store, connection) =>
      altered(store, {
        finishRun: (p) => {
          const answering = store.finishRun(p);
          connection().run(
            `update runs set queue = 'behind' where queue = 'ready' and automation_id in
              (select automation_id from runs where id = ?)`,
            p.run_id,
          );
          return answering;
        },
      }),
  },
];

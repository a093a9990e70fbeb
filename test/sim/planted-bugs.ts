/**
 * The bugs that the net must catch. Each is a small lie between the engine and one of its ports, the kind of mistake that
 * a refactoring makes: seen alone every step still looks right.
 */
import type { Store } from '../../src/store/store.ts';
import type { MatchDecider } from '../../src/store/activation-store.ts';
import type { NewRun } from '../../src/store/acceptance.ts';
import type { PlaceCursor } from '../../src/store/cursor.ts';
import { compileSchedule } from '../../src/model/schedule/next-fires.ts';
import { runIdFor } from '../../src/model/identifiers.ts';
import { durationMs } from '../../src/model/duration.ts';
import type { Plant } from './plant.ts';

/** The store with some of its steps replaced. */
function altered(store: Store, steps: Partial<Store>): Store {
  const replaced = new Map<string | symbol, unknown>(Object.entries(steps));
  return new Proxy(store, {
    get: (target, name, receiver) => replaced.get(name) ?? (Reflect.get(target, name, receiver) as unknown),
  });
}

/** The store with another idea of where cursors belong, in whichever step one is placed. */
function placing(store: Store, place: (original: PlaceCursor) => PlaceCursor): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return (p: { placeCursor?: PlaceCursor } | undefined) =>
        Reflect.apply(member, target, [
          p?.placeCursor === undefined ? p : { ...p, placeCursor: place(p.placeCursor) },
        ]) as unknown;
    },
  });
}

const inventedBugs: readonly Plant[] = [
  {
    name: 'instant-skipped',
    says: 'when several instants were due, the cursor moves one instant too far',
    caughtBy: ['every-instant'],
    quick: true,
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
    caughtBy: ['every-instant', 'overlap'],
    quick: true,
    beneath: (store) =>
      altered(store, {
        planFires: (p) => store.planFires({ ...p, decide: (due) => ({ ...p.decide(due), cursor: due.cursor }) }),
      }),
  },
  {
    name: 'limit-forgotten-by-hand',
    says: 'a run by hand does not see what was accepted a moment before',
    caughtBy: ['fire-limit'],
    quick: true,
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
    caughtBy: ['fire-limit'],
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
    name: 'budget-forgotten',
    says: 'a scheduled fire does not look at what its automation has used',
    caughtBy: ['budgets'],
    quick: true,
    beneath: (store) =>
      altered(store, {
        planFires: (p) =>
          store.planFires({
            ...p,
            decide: (due) => p.decide({ ...due, facts: { ...due.facts, spent: { tokens: 0, cost_usd: 0 } } }),
          }),
      }),
  },
  {
    name: 'zone-forgets',
    says: 'what was due in the zone of before leaves no row when the default zone changes',
    caughtBy: ['every-instant'],
    beneath: (store) =>
      altered(store, {
        replaceCursors: (p) =>
          store.replaceCursors({ ...p, placeCursor: (of) => ({ cursor: p.placeCursor(of).cursor, runs: [] }) }),
      }),
  },
  {
    name: 'orphans-unseen',
    says: 'after a restart the processes of the previous daemon are not found, so its runs are finished over their heads',
    caughtBy: ['caps', 'overlap', 'nothing-left'],
    quick: true,
    context: (context) => ({
      ...context,
      custodian: { ...context.custodian, find: () => Promise.resolve([]) },
    }),
  },
  {
    name: 'gone-without-proof',
    says: 'a process that was asked to end counts as gone',
    caughtBy: ['caps', 'overlap', 'nothing-left'],
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
    caughtBy: ['caps'],
    quick: true,
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
    caughtBy: ['caps'],
    beneath: (store) =>
      altered(store, { claimRuns: (p) => store.claimRuns({ ...p, caps: { ...p.caps, per_agent: {} } }) }),
  },
  {
    name: 'backward-jump-drops',
    says: 'a clock that was set back makes the planner drop what it decides next',
    caughtBy: ['every-instant'],
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
    caughtBy: ['states'],
    quick: true,
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
    caughtBy: ['every-instant', 'wall-time-once'],
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
    caughtBy: ['every-instant', 'one-start'],
    quick: true,
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
    caughtBy: ['neighbours'],
    quick: true,
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
    caughtBy: ['not-before-due'],
    quick: true,
    beneath: (store) => altered(store, { claimRuns: (p) => store.claimRuns({ ...p, now: p.now + 5000 }) }),
  },
  {
    name: 'overlap-ignored',
    says: 'every run is accepted as if its automation allowed overlaps',
    caughtBy: ['overlap'],
    quick: true,
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
    caughtBy: ['retries'],
    quick: true,
    beneath: (store) =>
      altered(store, {
        finishRun: (p) =>
          store.finishRun({
            ...p,
            decideFollowUp: (known) => {
              const attempt = Math.max(1, known.run.attempt - 1);
              const followUp = p.decideFollowUp({ ...known, run: { ...known.run, attempt } });
              if (followUp.retry === undefined) return followUp;
              const attemptAfter = known.run.attempt + 1;
              const id = runIdFor({ fire_id: followUp.retry.fire_id, attempt: attemptAfter });
              const retry = { ...followUp.retry, id, attempt: attemptAfter };
              return { ...followUp, retry };
            },
          }),
      }),
  },
  {
    name: 'cancel-unheard',
    says: 'nobody tells the executor that a run shall end',
    caughtBy: ['cancellation'],
    beneath: (store) => altered(store, { listCancelRequests: () => Promise.resolve([]) }),
  },
  {
    name: 'grid-drifts',
    says: 'the next instant of `every` is counted from the start of the run',
    caughtBy: ['every-instant'],
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
    caughtBy: ['nothing-left'],
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

/** Bugs that the engine really had, planted again: what was mended stays provable. */
const formerBugs: readonly Plant[] = [
  {
    name: 'claim-without-answer',
    says: 'a claim whose answer was lost is not asked for again, so its runs have no executor',
    caughtBy: ['nothing-left'],
    above: (store) => {
      let calls = 0;
      return altered(store, {
        claimRuns: (p) => {
          calls += 1;
          return store.claimRuns({ ...p, tokens: p.tokens.map((token) => `${token}-${calls}`) });
        },
      });
    },
  },
  {
    name: 'canceled-and-retried',
    says: 'a run that fails by itself just after somebody asked to end it is tried again',
    caughtBy: ['retries'],
    beneath: (store, connection) =>
      altered(store, {
        finishRun: (p) => {
          if (p.result.status === 'failed') {
            connection().run(`update runs set cancel_reason = null where id = ? and status = 'running'`, p.run_id);
          }
          return store.finishRun(p);
        },
      }),
  },
  {
    name: 'given-up-after-six-tries',
    says: 'processes that would not end within six tries count as gone',
    caughtBy: ['caps', 'overlap', 'nothing-left'],
    context: (context) => {
      const tries = new Map<string, number>();
      return {
        ...context,
        custodian: {
          find: (p) => context.custodian.find(p),
          async end(p) {
            const ended = await context.custodian.end(p);
            tries.set(p.token, (tries.get(p.token) ?? 0) + 1);
            return (tries.get(p.token) ?? 0) < 6 ? ended : { ...ended, gone: true };
          },
        },
      };
    },
  },
  {
    name: 'missed-and-forgotten',
    says: 'the row for what was due when a job was switched off is not remembered in its cursor',
    caughtBy: ['every-instant'],
    beneath: (store) =>
      placing(store, (original) => (p) => {
        const { cursor, runs } = original(p);
        if (runs.length === 0) return { cursor, runs };
        const { accounted_until: _until, ...rest } = cursor;
        const before = p.cursor?.accounted_until;
        return { cursor: before === undefined ? rest : { ...rest, accounted_until: before }, runs };
      }),
  },
  {
    name: 'limit-of-the-old-schedule',
    says: "what an old schedule's fire limit covered in advance hides instants of the schedule that replaced it",
    caughtBy: ['every-instant'],
    beneath: (store) =>
      placing(store, (original) => (p) => {
        const placed = original(p);
        const { next_run_at: next, anchor_at: anchor } = placed.cursor;
        const until = p.cursor?.covered?.until;
        const interval = p.job.schedule?.interval;
        if (until === undefined || interval === undefined || next === undefined || next > until) return placed;
        const stepMs = durationMs(interval);
        const next_run_at = (anchor ?? 0) + stepMs * Math.ceil((until + 1 - (anchor ?? 0)) / stepMs);
        return { ...placed, cursor: { ...placed.cursor, next_run_at, due_at: next_run_at } };
      }),
  },
  {
    name: 'pause-half-known',
    says: 'a pause that took effect without an answer is not looked up',
    caughtBy: ['pauses'],
    above: (store) => {
      const known = new Map<string, string | undefined>();
      return altered(store, {
        readFact: async (p) => {
          if (!known.has(p.name)) known.set(p.name, await store.readFact(p));
          return known.get(p.name);
        },
      });
    },
  },
  {
    name: 'decided-again',
    says: 'after the clock was set back an edit has instants decided again that had come before',
    caughtBy: ['every-instant', 'overlap'],
    beneath: (store) =>
      placing(store, (original) => (p) => {
        const until = p.cursor?.accounted_until;
        if (p.cursor === undefined || until === undefined) return original(p);
        return original({ ...p, cursor: { ...p.cursor, accounted_until: Math.min(until, p.now) } });
      }),
  },
];

/** About events and tasks: worlds without them cannot catch these. */
const outsideBugs: readonly Plant[] = [
  {
    name: 'told-twice',
    says: 'what a sender calls its event is not looked at, so one that was told again is another',
    caughtBy: ['every-event'],
    above: (store) => {
      let calls = 0;
      return altered(store, {
        acceptActivations: (p) =>
          store.acceptActivations({
            ...p,
            activations: p.activations.map(({ dedupe_key: _key, ...activation }) => {
              calls += 1;
              return { ...activation, id: `${activation.id}-${calls}` };
            }),
          }),
      });
    },
  },
  {
    name: 'matched-while-off',
    says: 'a trigger that is switched off is considered as if it were on',
    caughtBy: ['every-event'],
    quick: true,
    beneath: (store) => {
      const on = (decider: MatchDecider): MatchDecider => ({
        ...decider,
        match: (q) => decider.match({ ...q, candidate: { ...q.candidate, enabled: true } }),
        accept: (q) => decider.accept({ ...q, candidate: { ...q.candidate, enabled: true } }),
      });
      return altered(store, {
        acceptActivations: (p) => store.acceptActivations({ ...p, decider: on(p.decider) }),
        settleActivations: (p) => store.settleActivations({ ...p, decider: on(p.decider) }),
      });
    },
  },
  {
    name: 'end-untold',
    says: 'of several things that happened since the last look, the newest is forgotten',
    caughtBy: ['every-event'],
    quick: true,
    beneath: (store, connection) =>
      altered(store, {
        settleActivations: (p) => {
          connection().run(
            'delete from occurrences where (select count(*) from occurrences) > 1 and seq = (select max(seq) from occurrences)',
          );
          return store.settleActivations(p);
        },
      }),
  },
  {
    name: 'gathered-and-gone',
    says: 'a gathering whose window has passed is cleared away before it fires',
    caughtBy: ['every-event'],
    quick: true,
    beneath: (store, connection) =>
      altered(store, {
        settleActivations: (p) => {
          connection().run('delete from gatherings where due_at <= ?', p.now);
          return store.settleActivations(p);
        },
      }),
  },
  {
    name: 'task-lease-cut-short',
    says: 'a task is taken from its worker before the lease has ended',
    caughtBy: ['tasks-once'],
    beneath: (store) => altered(store, { sweepTasks: (p) => store.sweepTasks({ ...p, now: p.now + 15_000 }) }),
  },
  {
    name: 'task-in-two-hands',
    says: 'who asks for work may get what somebody else holds',
    caughtBy: ['tasks-once'],
    beneath: (store, connection) =>
      altered(store, {
        claimTask: (p) => {
          connection().run(
            `update tasks set status = 'queued', lease_expires_at = null where status = 'claimed' and token <> ?`,
            p.token,
          );
          return store.claimTask(p);
        },
      }),
  },
];

export const plantedBugs: readonly Plant[] = [...inventedBugs, ...formerBugs, ...outsideBugs];

/** Mistakes that only several nodes can make; they are planted into clusters (cluster.ts). */
export const clusterBugs: readonly Plant[] = [
  {
    name: 'leases-ignored',
    says: 'what another node claimed counts as abandoned, whether its lease holds or not',
    caughtBy: ['one-start', 'overlap', 'retries', 'zombies', 'states', 'caps'],
    beneath: (store) => altered(store, { listAbandoned: (p) => store.listAbandoned({ ...p, now: p.now + 60_000 }) }),
  },
  {
    name: 'never-fences-itself',
    says: 'a node believes in its claims for as long as the store does not answer, and never asks before it starts',
    caughtBy: ['overlap', 'one-start', 'zombies', 'caps'],
    above: (store) => altered(store, { capabilities: { nodes: 'one' } }),
  },
  {
    name: 'lost-and-unheard',
    says: 'a node is not told which of its claims are over',
    caughtBy: ['zombies'],
    above: (store) =>
      altered(store, {
        renewLeases: async (p) => {
          await store.renewLeases(p);
          return [];
        },
      }),
  },
  {
    name: 'cap-per-node',
    says: 'the cap of all runs is taken for a cap of each node',
    caughtBy: ['caps'],
    quick: true,
    beneath: (store) =>
      altered(store, { claimRuns: (p) => store.claimRuns({ ...p, caps: { ...p.caps, total: 100 } }) }),
  },
  {
    name: 'pause-unheard',
    says: 'a pause is known to the node that was asked for it, and to nobody else',
    caughtBy: ['pauses'],
    above: (store) => {
      const first = new Map<string, string | undefined>();
      return altered(store, {
        readFact: async (p) => {
          if (!first.has(p.name)) first.set(p.name, await store.readFact(p));
          return first.get(p.name);
        },
      });
    },
  },
  {
    name: 'repeated-claim-keeps-its-lease',
    says: 'a claim whose answer was lost comes back with the lease of the first try, while the node counts from the second',
    caughtBy: ['zombies', 'one-start', 'overlap', 'caps'],
    beneath: (store, connection) =>
      altered(store, {
        claimRuns: (p) => {
          const rows = connection().all<{ seq: number; lease_until: number }>(
            `select seq, lease_until from runs where status = 'running' and token in (select value from json_each(?))`,
            JSON.stringify(p.tokens),
          );
          const setLease = (seq: number, until: number): number =>
            connection().run('update runs set lease_until = ? where seq = ?', until, seq);
          for (const { seq } of rows) setLease(seq, p.now + 1);
          const claims = store.claimRuns(p);
          for (const { seq, lease_until: until } of rows) setLease(seq, until);
          return claims;
        },
      }),
  },
];

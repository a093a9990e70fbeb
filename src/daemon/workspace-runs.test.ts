import { afterEach, expect, test } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { HappeningBus } from '../events/happening.ts';
import type { Run } from '../model/run.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { WorkspaceRuns } from './workspace-runs.ts';

const T0 = Date.UTC(2026, 10, 22, 12);
const RUN = { id: 'run_1', job_id: 'job_a', depth: 2 } as Run;
const AWAY = new AppError('store_unavailable', { outcome: 'unchanged', reason: 'the connection is lost' });

const clock = new ManualClock(T0);
const bus = new HappeningBus();
/** What the store answers, one after the other; the last one stays. */
let answers: (AppError | string | undefined)[] = [];
let asked = 0;

const runs = new WorkspaceRuns({
  clock,
  bus,
  store: {
    async getJob() {
      asked += 1;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer instanceof AppError) throw answer;
      return { automation: answer === undefined ? {} : { workspace_id: answer } } as never;
    },
    getTrigger: async () => undefined,
  },
});

afterEach(() => {
  bus.report({ type: 'run.finished', at: T0, run: RUN, will_retry: false });
  clock.advance(61_000);
  bus.report({ type: 'run.finished', at: T0, run: { ...RUN, id: 'run_other' }, will_retry: false });
  asked = 0;
});

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};
const claimed = async (...told: typeof answers): Promise<void> => {
  answers = told;
  bus.report({ type: 'run.claimed', at: T0, run: RUN });
  await turns();
};
const causeOf = (workspaceId: string) => runs.causeOf({ workspaceId, withinMs: 1_000 });

test('a run that was claimed is the cause of what changes in its workspace, and of nothing elsewhere', async () => {
  await claimed('ws_1');
  expect(causeOf('ws_1')).toEqual({ run_id: 'run_1', automation_id: 'job_a', depth: 2 });
  expect(causeOf('ws_2')).toBeUndefined();
});

// An unheard rejection here once ended a daemon whose database went away right after a claim.
test('a store that goes away right after the claim ends nobody, and is asked again until it answers', async () => {
  await claimed(AWAY, AWAY, 'ws_1');
  expect(causeOf('ws_1')).toBeUndefined();
  for (let second = 0; second < 2; second += 1) {
    clock.advance(1_000);
    await turns();
  }
  expect(causeOf('ws_1')).toMatchObject({ run_id: 'run_1' });
  expect(asked).toBe(3);
});

test('a run that has long ended is not asked about any more', async () => {
  await claimed(AWAY);
  bus.report({ type: 'run.finished', at: T0, run: RUN, will_retry: false });
  clock.advance(61_000);
  bus.report({ type: 'run.finished', at: T0, run: { ...RUN, id: 'run_other' }, will_retry: false });
  await turns();
  const before = asked;
  clock.advance(10_000);
  await turns();
  expect(asked).toBe(before);
});

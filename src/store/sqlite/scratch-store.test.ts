import { describe, expect, it } from 'vitest';
import { testJob } from '../../engine/testing/test-job.ts';
import type { NewRun } from '../acceptance.ts';
import { openScratchStore } from './scratch-store.ts';

const HOUR = 3_600_000;

function newRun(id: string, at: number): NewRun {
  return {
    id,
    fire_id: id,
    attempt: 1,
    kind: 'manual',
    status: 'scheduled',
    available_at: at,
    accepted_at: at,
    priority: 0,
    exclusive: false,
    catch_up: false,
  };
}

async function scratchWithRuns() {
  const scratch = openScratchStore();
  const { store } = scratch;
  const placeCursor = ({ job }: { job: { id: string } }) => ({
    cursor: {
      job_id: job.id,
      catch_up_policy: 'skip_missed' as const,
      misfire_grace_seconds: 60,
      consecutive_resume_failures: 0,
      misfire_count: 0,
      updated_at: 0,
    },
    runs: [],
  });
  await store.createAutomation({ now: 0, automation: testJob(), placeCursor });
  const accept = (id: string, at: number) =>
    store.acceptRuns({
      now: at,
      automation_id: 'job_test',
      daily_since: null,
      decide: () => ({ runs: [newRun(id, at)], cancellations: [] }),
    });
  for (const [index, at] of [HOUR, 2 * HOUR, 3 * HOUR].entries()) {
    const id = `run_${index}`;
    await accept(id, at);
    const caps = { total: 9, per_agent: {}, held: [], per_workspace: 0 };
    await store.claimRuns({ now: at, node: 'n', lease_ms: 1, caps, tokens: [id] });
    await store.finishRun({
      now: at + 1000,
      run_id: id,
      token: id,
      result: { status: 'completed', usage: { input_tokens: 10 } },
      decideFollowUp: () => ({ consecutive_failures: 0 }),
      placeCursor,
    });
  }
  return { scratch, store, accept };
}

describe('scratch store', () => {
  it('knows whether anything waits', async () => {
    const { scratch, store, accept } = await scratchWithRuns();
    expect(scratch.hasWaiting()).toBe(false);
    await accept('run_waiting', HOUR);
    expect(scratch.hasWaiting()).toBe(true);
    await store.close();
  });

  it('forgets what ended before, and neither what waits nor what was used', async () => {
    const { scratch, store, accept } = await scratchWithRuns();
    await accept('run_waiting', HOUR);
    expect(scratch.forgetFinished({ automation_id: 'job_test', before: 2.5 * HOUR })).toBe(2);
    const left = await store.listRuns({ query: { job_id: 'job_test' } });
    expect(left.items.map((run) => run.id).toSorted()).toEqual(['run_2', 'run_waiting']);
    expect(await store.readSpending({ since: 0 })).toMatchObject({ tokens: 30 });
    await store.close();
  });
});

/** Definitions, decisions and shorthands for the store contract; nothing here knows which adapter is tested. */
import type { EpochMs } from '../../src/model/instant.ts';
import type { Job } from '../../src/model/job.ts';
import type { Run } from '../../src/model/run.ts';
import type { Session } from '../../src/model/session.ts';
import type { Trigger } from '../../src/model/trigger.ts';
import type { Store } from '../../src/store/store.ts';
import type { NewRun } from '../../src/store/acceptance.ts';
import type { DueJob, FireDecision } from '../../src/store/cursor-store.ts';
import type { Cursor, PlaceCursor } from '../../src/store/cursor.ts';
import type { ClaimCaps, ClaimedRun, FollowUp, RunResult } from '../../src/store/run-store.ts';

export interface StoreUnderTest {
  store: Store;
  /** Closes the store and opens the same data again, as a restarted daemon would. */
  reopen(): Promise<Store>;
  /** Closes and removes everything. */
  dispose(): Promise<void>;
}

export type OpenStore = () => Promise<StoreUnderTest>;

export const T0: EpochMs = Date.UTC(2026, 10, 22, 12);
export const MINUTE = 60_000;
export const NODE = 'node-a';

export function job(id: string, parts: Partial<Job> = {}): Job {
  return {
    id,
    scope: 'global',
    name: id.replace('job_', ''),
    agent_name: 'reviewer',
    prompt: 'Review the changes.',
    schedule: { mode: 'every', interval: '1m' },
    enabled: true,
    retry: { strategy: 'none', max_retries: 0, base_delay: '' },
    fire_limit: { max: 12, window: '1h' },
    source: 'dynamic',
    created_at: T0,
    updated_at: T0,
    ...parts,
  };
}

export function trigger(id: string, parts: Partial<Trigger> = {}): Trigger {
  const { schedule: _schedule, ...fields } = job(id);
  return { ...fields, name: id.replace('trg_', ''), event: 'session.stopped', ...parts };
}

export function cursorAt(jobId: string, dueAt: EpochMs | undefined, parts: Partial<Cursor> = {}): Cursor {
  return {
    job_id: jobId,
    catch_up_policy: 'skip_missed',
    misfire_grace_seconds: 60,
    consecutive_resume_failures: 0,
    misfire_count: 0,
    updated_at: T0,
    ...(dueAt === undefined ? {} : { next_run_at: dueAt, due_at: dueAt }),
    ...parts,
  };
}

/** Puts new jobs at `dueAt` and leaves placed ones where they stand. */
export function placeAt(dueAt: EpochMs | undefined): PlaceCursor {
  return ({ job: placed, cursor, now }) => ({
    cursor: cursorAt(placed.id, cursor?.next_run_at ?? dueAt, { anchor_at: cursor?.anchor_at ?? now, updated_at: now }),
    runs: [],
  });
}

let runNumber = 0;

/** A run of a fire of its own unless `parts` says otherwise. */
export function newRun(parts: Partial<NewRun> = {}): NewRun {
  runNumber += 1;
  const fireId = parts.fire_id ?? `fire_${String(runNumber).padStart(6, '0')}`;
  return {
    id: `run_${fireId.slice(5)}_${parts.attempt ?? 1}`,
    fire_id: fireId,
    attempt: 1,
    kind: 'manual',
    status: 'scheduled',
    available_at: T0,
    accepted_at: T0,
    priority: 0,
    exclusive: false,
    catch_up: false,
    ...parts,
  };
}

export function fireIdOf(jobId: string, scheduledAt: EpochMs): string {
  return `fire_${jobId}_${scheduledAt}`;
}

/** Runs the instant the cursor stands on and steps a minute further. */
export function decideOne(parts: Partial<NewRun> = {}): (due: DueJob) => FireDecision {
  return ({ job: due, cursor }) => {
    const scheduledAt = cursor.next_run_at ?? T0;
    return {
      cursor: {
        ...cursor,
        next_run_at: scheduledAt + MINUTE,
        due_at: scheduledAt + MINUTE,
        last_scheduled_at: scheduledAt,
        last_fire_id: fireIdOf(due.id, scheduledAt),
      },
      runs: [
        newRun({
          fire_id: fireIdOf(due.id, scheduledAt),
          kind: 'schedule',
          scheduled_at: scheduledAt,
          available_at: scheduledAt,
          accepted_at: scheduledAt,
          exclusive: true,
          ...parts,
        }),
      ],
      cancellations: [],
    };
  };
}

export async function createJob(store: Store, created: Job, dueAt?: EpochMs): Promise<Job> {
  const answer = await store.createAutomation({ now: T0, automation: created, placeCursor: placeAt(dueAt) });
  if (answer.outcome !== 'created') throw new Error(`the job ${created.id} was not created: ${answer.outcome}`);
  return created;
}

export async function accept(store: Store, automationId: string, runs: NewRun[], now = T0): Promise<Run[]> {
  const answer = await store.acceptRuns({
    now,
    automation_id: automationId,
    daily_since: null,
    decide: () => ({ runs, cancellations: [] }),
  });
  if (answer.outcome !== 'accepted') throw new Error(`runs of ${automationId} were not accepted: ${answer.outcome}`);
  return answer.runs;
}

let tokenNumber = 0;

export function newTokens(count: number): string[] {
  return Array.from({ length: count }, () => `token-${(tokenNumber += 1)}`);
}

export function caps(parts: Partial<ClaimCaps> = {}): ClaimCaps {
  return { total: 1000, per_agent: {}, held: [], per_workspace: 0, ...parts };
}

export function claim(
  store: Store,
  p: { now?: EpochMs; node?: string; caps?: ClaimCaps; tokens?: string[] } = {},
): Promise<ClaimedRun[]> {
  return store.claimRuns({
    now: p.now ?? T0,
    node: p.node ?? NODE,
    lease_ms: 30_000,
    caps: p.caps ?? caps(),
    tokens: p.tokens ?? newTokens(50),
  });
}

export async function claimIds(store: Store, p: Parameters<typeof claim>[1] = {}): Promise<string[]> {
  return (await claim(store, p)).map((claimed) => claimed.run.id);
}

export const COMPLETED: RunResult = { status: 'completed', output: 'all well', exit_code: 0 };
export const FAILED: RunResult = { status: 'failed', reason: 'agent_error', error: 'it broke' };

export function noFollowUp(): FollowUp {
  return { consecutive_failures: 0 };
}

export function finish(
  store: Store,
  claimed: ClaimedRun,
  result = COMPLETED,
  now = T0,
): ReturnType<Store['finishRun']> {
  return store.finishRun({
    placeCursor: placeAt(undefined),
    now,
    run_id: claimed.run.id,
    token: claimed.token,
    result,
    decideFollowUp: noFollowUp,
  });
}

export function session(runId: string, parts: Partial<Session> = {}): Session {
  return {
    id: `ses_${runId.slice(4)}`,
    run_id: runId,
    agent_name: 'reviewer',
    cwd: '/tmp',
    started_at: T0,
    transcript_bytes: 0,
    transcript_truncated: false,
    ...parts,
  };
}

/** Every run there is, page by page. */
export async function allRuns(store: Store, query: Parameters<Store['listRuns']>[0]['query'] = {}): Promise<Run[]> {
  const runs: Run[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await store.listRuns({ query: { ...query, limit: 500, ...(cursor === undefined ? {} : { cursor }) } });
    runs.push(...page.items);
    if (page.next_cursor === undefined) return runs;
    cursor = page.next_cursor;
  }
}

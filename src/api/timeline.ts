/** Reads what the time line shows: the runs of the past, and the coming instants of every enabled job. */
import type { z } from 'zod';
import { formatInstant, type EpochMs } from '../model/instant.ts';
import type { Run } from '../model/run.ts';
import type { ApiDeps } from './api-deps.ts';
import type { timeline } from './contract/timeline.ts';
import { downtimesOf } from './downtimes.ts';
import { comingFires } from './job-view.ts';
import { comingMarksOf, marksOf, type TimelineLane } from './timeline-view.ts';

/** A job every half minute and a dozen calm ones for two days; more is a question for the list of runs. */
const RUNS_MAX = 10_000;
const AUTOMATIONS_MAX = 1_000;
/** Per job; one that fires more often in the time shown is drawn as a band. */
const COMING_MAX = 300;
const PAGE = 500;

type Deps = Pick<ApiDeps, 'store' | 'clock' | 'automationTimezone' | 'status'>;

export async function readTimeline(
  deps: Deps,
  p: { backMs: number; aheadMs: number; stepMs: number },
): Promise<z.output<typeof timeline>> {
  const now = deps.clock.now();
  const [from, to] = [now - p.backMs, now + p.aheadMs];
  const { runs, knownFrom } = await runsSince(deps, from);
  const lanes = await lanesOf(deps, { now, to, stepMs: p.stepMs, runs });
  return {
    now_at: formatInstant(now),
    from_at: formatInstant(from),
    to_at: formatInstant(to),
    ...(knownFrom === undefined ? {} : { known_from_at: formatInstant(knownFrom) }),
    started_at: formatInstant(deps.status().started_at),
    down: downtimesOf(await deps.store.listUptimes({ since: from }), { from, now }).map((down) => ({
      from_at: formatInstant(down.from),
      to_at: formatInstant(down.to),
    })),
    lanes,
  };
}

async function runsSince({ store }: Deps, since: EpochMs): Promise<{ runs: Run[]; knownFrom?: EpochMs }> {
  const runs: Run[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listRuns({ query: { since, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } });
    runs.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== undefined && runs.length < RUNS_MAX);
  const oldest = runs.at(-1);
  return cursor === undefined || oldest === undefined ? { runs } : { runs, knownFrom: oldest.created_at };
}

async function lanesOf(
  deps: Deps,
  p: { now: EpochMs; to: EpochMs; stepMs: number; runs: readonly Run[] },
): Promise<TimelineLane[]> {
  const runsById = Map.groupBy(p.runs, (run) => run.job_id ?? run.trigger_id ?? '');
  const lanes: TimelineLane[] = [];
  const add = (
    lane: Pick<TimelineLane, 'automation_id' | 'name' | 'kind'>,
    coming: Partial<TimelineLane> = {},
  ): void => {
    const runs = runsById.get(lane.automation_id) ?? [];
    runsById.delete(lane.automation_id);
    const marks = marksOf(runs, p);
    if (marks.length === 0 && (coming.coming ?? []).length === 0) return;
    lanes.push({ ...lane, runs: runs.length, marks, coming: [], ...coming });
  };
  const timezone = deps.automationTimezone();
  for (const record of await jobsOf(deps)) {
    const { id, name } = record.automation;
    const fires = comingFires(record, { now: p.now, timezone, count: COMING_MAX });
    const last = fires.at(-1);
    const isCut = fires.length === COMING_MAX && last !== undefined && last.at < p.to;
    const coming = comingMarksOf(
      fires.filter(({ at }) => at <= p.to),
      p,
    );
    add(
      { automation_id: id, name, kind: 'job' },
      { coming, ...(isCut ? { coming_until_at: formatInstant(last.at) } : {}) },
    );
  }
  for (const { automation } of (await deps.store.listTriggers({ query: { limit: PAGE } })).items) {
    add({ automation_id: automation.id, name: automation.name, kind: 'trigger' });
  }
  for (const id of [...runsById.keys()].filter((each) => each !== '')) {
    add({ automation_id: id, name: id, kind: id.startsWith('job_') ? 'job' : 'trigger' });
  }
  return lanes.toSorted((a, b) => busyness(b) - busyness(a) || (a.name < b.name ? -1 : 1));
}

function busyness(lane: TimelineLane): number {
  return lane.marks.length + lane.coming.length;
}

async function jobsOf({ store }: Deps): Promise<Awaited<ReturnType<Deps['store']['listJobs']>>['items']> {
  const jobs = [];
  let cursor: string | undefined;
  do {
    const page = await store.listJobs({ query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) } });
    jobs.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== undefined && jobs.length < AUTOMATIONS_MAX);
  return jobs;
}

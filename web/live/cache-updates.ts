/**
 * What a happening changes of what the page knows. Parts are marked as old and read anew, together and not more often
 * than somebody can look; only what a happening carries whole (a run, entries of a transcript) is put in directly.
 */
import type { QueryKey } from '@tanstack/react-query';
import type { ApiHappening, ApiRun } from '../../src/client/client.ts';
import { after } from '../clock/browser-clock.ts';
import { noteChanged } from '../data/automation-refresh.ts';
import { cache } from '../data/cache.ts';
import { putRun } from '../data/runs.ts';
import { timelineRestMs } from '../data/timeline.ts';
import { appendEntries } from '../data/transcript.ts';

/** Areas of the cache: the first element of their query keys. */
type Area =
  | 'jobs'
  | 'runs'
  | 'run'
  | 'timeline'
  | 'status'
  | 'usage'
  | 'agents'
  | 'config'
  | 'triggers'
  | 'events'
  | 'deliveries'
  | 'tasks';

/** Milliseconds between two readings: lists follow at once, what is dear to calculate a little later. */
const AREA_MS: Partial<Record<Area, number>> = { usage: 3_000, status: 1_000, jobs: 800 };
const AREA_MS_USUAL = 300;

const waiting = new Map<string, () => void>();

function markOld(...key: QueryKey): void {
  const name = JSON.stringify(key);
  if (waiting.has(name)) return;
  const ms = key[0] === 'timeline' ? timelineRestMs() : (AREA_MS[key[0] as Area] ?? AREA_MS_USUAL);
  waiting.set(
    name,
    after(ms, () => {
      waiting.delete(name);
      void cache.invalidateQueries({ queryKey: key });
    }),
  );
}

function runChanged(run: ApiRun): void {
  putRun(run);
  markOld('run', run.id);
  markOld('runs', 'some');
  markOld('runs', 'of', run.job_id ?? run.trigger_id);
  markOld('timeline');
  markOld('status');
  if (run.job_id !== undefined) noteChanged('jobs', run.job_id);
  if (run.trigger_id !== undefined) noteChanged('triggers', run.trigger_id);
}

export function applyHappening(happening: ApiHappening): void {
  switch (happening.type) {
    case 'run.created':
    case 'run.claimed':
    case 'run.started':
    case 'permission.opened':
      runChanged(happening.run);
      return;
    case 'run.finished':
      runChanged(happening.run);
      markOld('usage');
      return;
    case 'permission.answered':
      markOld('run', happening.run_id);
      markOld('runs', 'some');
      return;
    case 'transcript.appended':
      appendEntries(happening.run_id, happening.entries);
      return;
    case 'job.created':
    case 'job.updated':
    case 'job.deleted':
    case 'job.parked':
      noteChanged('jobs', happening.job_id);
      for (const area of ['timeline', 'status']) markOld(area);
      return;
    case 'trigger.created':
    case 'trigger.updated':
    case 'trigger.deleted':
      noteChanged('triggers', happening.trigger_id);
      for (const area of ['timeline', 'status']) markOld(area);
      return;
    case 'delivery.received':
    case 'delivery.refused':
      markOld('deliveries');
      return;
    case 'event.accepted':
      markOld('events');
      // What a trigger made of the last events is shown with it alone.
      markOld('triggers', 'one');
      return;
    case 'clock.corrected':
      everythingOld();
      return;
    case 'automation.paused':
      noteChanged(happening.automation_id.startsWith('trg_') ? 'triggers' : 'jobs', happening.automation_id);
      markOld('timeline');
      return;
    case 'engine.paused':
    case 'engine.resumed':
      for (const area of ['status', 'jobs', 'run', 'timeline']) markOld(area);
      return;
    case 'agent.held':
      for (const area of ['agents', 'run']) markOld(area);
      return;
    case 'task.created':
    case 'task.claimed':
    case 'task.requeued':
    case 'task.finished':
      markOld('tasks');
      if (happening.task.run_id !== undefined) markOld('run', happening.task.run_id);
      return;
    case 'service.failed':
    case 'service.recovered':
      markOld('status');
      return;
    default:
      // The configuration, the daemon itself, or something that a newer daemon knows: look at everything.
      everythingOld();
  }
}

/** After a gap nobody knows what changed. */
export function everythingOld(): void {
  void cache.invalidateQueries();
}

/** What a run says of itself in a line. Why something is as it is, the daemon has written; this only chooses. */
import type { ApiJob, ApiRun } from '../../src/client/client.ts';
import { epochOf } from './time-text.ts';
import { elapsedText } from '../../src/lib/span-text.ts';

export function firstLine(text: string): string {
  return text.trimStart().split('\n', 1)[0]?.trim() ?? '';
}

/** Asked, refused, failed, or said: the most telling of what there is. */
export function runRemark(run: ApiRun): string {
  if (run.permission !== undefined) return `asks: ${firstLine(run.permission.title)}`;
  return firstLine(run.error ?? run.output ?? '');
}

/** How long the agent worked; so far, for one that still does. */
export function runTook(run: ApiRun, now: number): string | undefined {
  if (run.started_at === undefined) return undefined;
  return elapsedText(Math.max(0, (epochOf(run.ended_at) ?? now) - epochOf(run.started_at)));
}

/** From when steps are counted stands with the coming fires; in a line it is noise. */
export function scheduleWords(job: Pick<ApiJob, 'schedule_text'>): string {
  return (job.schedule_text ?? 'no schedule').replace(/ counted from \S+$/, '');
}

export type AutomationNames = ReadonlyMap<string, string>;

export function namesOf(jobs: readonly Pick<ApiJob, 'id' | 'name'>[]): AutomationNames {
  return new Map(jobs.map(({ id, name }) => [id, name]));
}

/** The id stands in for one that was deleted. */
export function automationOf(run: ApiRun, names: AutomationNames): string {
  const id = run.job_id ?? run.trigger_id ?? '';
  return names.get(id) ?? id;
}

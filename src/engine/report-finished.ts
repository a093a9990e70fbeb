/** Tells what a finished run brought about: its end, the next attempt, the pause of its automation. */
import type { HappeningBus } from '../events/happening.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Run } from '../model/run.ts';

export function reportFinished(p: {
  bus: HappeningBus;
  answer: { run: Run; retry?: Run; paused?: { error: string } };
  at: EpochMs;
}): void {
  const { bus, answer, at } = p;
  bus.report({ type: 'run.finished', at, run: answer.run, will_retry: answer.retry !== undefined });
  if (answer.retry !== undefined) bus.report({ type: 'run.created', at, run: answer.retry });
  if (answer.paused === undefined) return;
  const automationId = answer.run.job_id ?? answer.run.trigger_id ?? '';
  bus.report({ type: 'automation.paused', at, automation_id: automationId, detail: answer.paused.error });
}

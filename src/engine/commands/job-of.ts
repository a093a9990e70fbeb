/** Finds the job that a verb is about, or says that there is none. */
import { AppError } from '../../errors/app-error.ts';
import type { Job } from '../../model/job.ts';
import type { AutomationRecord } from '../../store/definition-store.ts';
import type { CommandContext } from './command-context.ts';

export async function jobOf(context: CommandContext, id: string): Promise<AutomationRecord<Job>> {
  const record = await context.store.getJob({ id });
  if (record === undefined) throw new AppError('job_not_found', { id });
  return record;
}

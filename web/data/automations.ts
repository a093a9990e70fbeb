/** What can be asked of a job and of a trigger alike: the page writes each of these once. */
import type { ApiJob, ApiTrigger } from '../../src/client/client.ts';
import { switchJob, switchTrigger } from '../../src/client/switch-automation.ts';
import { daemon } from './daemon.ts';

export type ApiAutomation = ApiJob | ApiTrigger;

export function isTrigger(of: ApiAutomation): of is ApiTrigger {
  return 'event' in of;
}

/** The word for it, and the area of the cache that it lives in. */
export function kindOf(of: ApiAutomation): { word: 'job' | 'trigger'; area: 'jobs' | 'triggers' } {
  return isTrigger(of) ? { word: 'trigger', area: 'triggers' } : { word: 'job', area: 'jobs' };
}

export function switchAutomation(of: ApiAutomation, enabled: boolean): Promise<ApiAutomation> {
  return isTrigger(of) ? switchTrigger(daemon, { trigger: of, enabled }) : switchJob(daemon, { job: of, enabled });
}

/** A definition of a file follows its file again. */
export async function clearOverlay(of: ApiAutomation): Promise<void> {
  await (isTrigger(of) ? daemon.triggers.clearOverlay(of.id) : daemon.jobs.clearOverlay(of.id));
}

export function removeAutomation(of: ApiAutomation): Promise<void> {
  return isTrigger(of) ? daemon.triggers.remove(of.id) : daemon.jobs.remove(of.id);
}

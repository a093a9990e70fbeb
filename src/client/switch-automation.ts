/** The switch of an automation, as people mean it: a definition of a file is not rewritten, a switch is laid over it. */
import type { ApiJob, ApiTrigger, Client } from './client.ts';

export async function switchJob(
  client: Client,
  p: { job: Pick<ApiJob, 'id' | 'source'>; enabled: boolean; signal?: AbortSignal },
): Promise<ApiJob> {
  const options = p.signal === undefined ? {} : { signal: p.signal };
  const { job } =
    p.job.source === 'dynamic'
      ? await client.jobs.update(p.job.id, { enabled: p.enabled }, options)
      : await client.jobs.setOverlay(p.job.id, { enabled_override: p.enabled }, options);
  return job;
}

export async function switchTrigger(
  client: Client,
  p: { trigger: Pick<ApiTrigger, 'id' | 'source'>; enabled: boolean; signal?: AbortSignal },
): Promise<ApiTrigger> {
  const options = p.signal === undefined ? {} : { signal: p.signal };
  const { trigger } =
    p.trigger.source === 'dynamic'
      ? await client.triggers.update(p.trigger.id, { enabled: p.enabled }, options)
      : await client.triggers.setOverlay(p.trigger.id, { enabled_override: p.enabled }, options);
  return trigger;
}

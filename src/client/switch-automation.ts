/** The switch of an automation, as people mean it: a definition of a file is not rewritten, a switch is laid over it. */
import type { ApiJob, Client } from './client.ts';

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

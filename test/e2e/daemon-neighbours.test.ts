// Whatever is done to one job changes nothing about another (promises, section 1.8).
import { expect, test } from 'vitest';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { bringToRest, judge, loadToml, type LoadJob } from '../crash/crash-load.ts';

const jobs: LoadJob[] = [
  { name: 'steady', schedule: '{ mode = "every", interval = "250ms" }', prompt: ['say tick'], overlap: 'queue_all' },
  { name: 'distant', schedule: '{ mode = "cron", expr = "0 9 * * *", timezone = "Asia/Tokyo" }', prompt: ['say tick'] },
  { name: 'switched', schedule: '{ mode = "every", interval = "300ms" }', prompt: ['say tick'], overlap: 'queue_all' },
];

/** All that is known of a job that does not fire meanwhile. */
async function stateOf(daemon: ScratchDaemon, id: string): Promise<unknown> {
  return daemon.client.jobs.get(id);
}

test('creating, editing, switching, triggering, previewing, listing and deleting one job leaves the others alone', async () => {
  await using daemon = await openScratchDaemon({ environment: process.env, config: loadToml({ jobs }) });
  const { client } = daemon;
  const stored = (await client.jobs.list()).jobs;
  const idOf = (name: string): string => stored.find((job) => job.name === name)!.id;
  const distant = await stateOf(daemon, idOf('distant'));
  const anchor = stored.find(({ name }) => name === 'steady')!.scheduler!.anchor_at;
  const unchanged = async (): Promise<void> => expect(await stateOf(daemon, idOf('distant'))).toEqual(distant);

  const { job } = await client.jobs.create({
    name: 'guest',
    scope: 'global',
    agent_name: 'marker',
    prompt: 'sleep 0.2\nsay guest',
    schedule: { mode: 'every', interval: '350ms' },
    overlap: 'cancel_running',
  });
  await daemon.waitForRun(({ job_id, status }) => job_id === job.id && status === 'completed');
  await unchanged();
  await client.jobs.update(job.id, { prompt: 'sleep 0.2\nfail', schedule: { interval: '300ms' } });
  await daemon.waitForRun(({ job_id, status }) => job_id === job.id && status === 'failed');
  await unchanged();
  await client.jobs.update(job.id, { enabled: false });
  await client.schedule.preview({ spec: { mode: 'cron', expr: '0 9 * * *', timezone: 'Asia/Tokyo' }, count: 50 });
  await client.jobs.fires(idOf('distant'), { count: 50 });
  await client.jobs.fires(idOf('steady'));
  await client.jobs.list({ q: 's' });
  await client.next();
  await client.runs.list({ job_id: idOf('steady'), limit: 500 });
  await unchanged();
  // Its last run may still be at work: afterwards nothing of it moves.
  await daemon.waitUntil(async () => (await client.jobs.get(job.id)).job.last_run?.ended_at !== undefined);
  // What is refused changes nothing either, of this job or of another.
  const guest = await stateOf(daemon, job.id);
  const refused = client.jobs.update(job.id, { enabled: true, agent_name: 'nobody' });
  await expect(refused).rejects.toMatchObject({ code: 'agent_unknown' });
  expect(await stateOf(daemon, job.id)).toEqual(guest);
  await client.jobs.update(job.id, { enabled: true });
  const { run } = await client.jobs.trigger(idOf('steady'), { wait: '10s' });
  expect(run).toMatchObject({ kind: 'manual', status: 'completed' });
  await unchanged();

  // A config job is switched off and on again: the same grid goes on, and the instants in between are no debt.
  await client.jobs.setOverlay(idOf('switched'), { enabled_override: false });
  expect((await client.jobs.get(idOf('switched'))).job.next_fires).toEqual([]);
  const offAt = Date.now();
  const { scheduled_at: tickWhileOff } = await daemon.waitForRun(
    ({ job_id, scheduled_at }) => job_id === idOf('steady') && Date.parse(scheduled_at ?? '') > offAt + 700,
  );
  expect(
    (await daemon.runs()).filter(
      ({ job_id, scheduled_at: at }) => job_id === idOf('switched') && Date.parse(at!) > offAt,
    ),
  ).toEqual([]);
  await client.jobs.clearOverlay(idOf('switched'));
  const onAt = Date.parse(tickWhileOff!);
  const again = await daemon.waitForRun(
    ({ job_id, scheduled_at }) => job_id === idOf('switched') && Date.parse(scheduled_at ?? '') > onAt,
  );
  const gridOf = stored.find(({ name }) => name === 'switched')!.scheduler!.anchor_at!;
  expect((Date.parse(again.scheduled_at!) - Date.parse(gridOf)) % 300).toBe(0);

  await client.jobs.remove(job.id);
  const deletedAt = Date.now();
  await daemon.waitForRun(
    ({ job_id, scheduled_at, status }) =>
      job_id === idOf('steady') && Date.parse(scheduled_at ?? '') > deletedAt + 700 && status === 'completed',
  );
  await unchanged();
  const late = (await daemon.runs()).filter(
    ({ job_id, created_at: at }) => job_id === job.id && Date.parse(at) > deletedAt,
  );
  expect(late).toEqual([]);

  const before = await bringToRest(daemon);
  const steady = before.find(({ name }) => name === 'steady')!;
  expect(steady.scheduler?.anchor_at).toBe(anchor);
  const rows = (await daemon.runs()).filter(({ job_id, reason }) => job_id === steady.id && reason !== 'misfire');
  expect(rows.filter(({ status }) => status !== 'completed')).toEqual([]);
  expect(await judge({ daemon, jobs: [steady] })).toEqual([]);
}, 60_000);

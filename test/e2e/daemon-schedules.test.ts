// Schedules as a user meets them: a one-shot a moment ahead, and a cron job in another zone with what it will do next.
import { expect, test } from 'vitest';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const config = `
[agents.echo]
type = "acp"
command = ${JSON.stringify(echoAgentCommand())}
`;

test('a job at an instant runs once, not before it, and is spent afterwards', async () => {
  await using daemon = await openScratchDaemon({ environment: process.env, config });
  const time = new Date(Date.now() + 3_000).toISOString();
  const { job } = await daemon.client.jobs.create({
    name: 'once',
    scope: 'global',
    agent_name: 'echo',
    prompt: 'The time has come.',
    schedule: { mode: 'at', time },
  });
  expect(job.next_fires.map(({ at }) => at)).toEqual([time]);
  const run = await daemon.waitForRun(({ job_id, ended_at }) => job_id === job.id && ended_at !== undefined);
  expect(run).toMatchObject({ status: 'completed', kind: 'schedule', attempt: 1, scheduled_at: time });
  expect(run.output).toContain(`scheduled at ${time}`);
  expect(Date.parse(run.started_at!)).toBeGreaterThanOrEqual(Date.parse(time));
  expect(Date.parse(run.started_at!) - Date.parse(time)).toBeLessThan(3_000);

  // Also not after a restart: the cursor says that nothing is left.
  await daemon.restart();
  const spent = (await daemon.client.jobs.get(job.id)).job;
  expect(spent.next_fires).toEqual([]);
  expect(spent.scheduler).not.toHaveProperty('next_run_at');
  expect(await daemon.runs()).toMatchObject([{ id: run.id, status: 'completed' }]);
}, 40_000);

test('a cron job in another zone shows its next five instants with their offsets, also over a change of the clock', async () => {
  await using daemon = await openScratchDaemon({ environment: process.env, config });
  const { job } = await daemon.client.jobs.create({
    name: 'morning',
    scope: 'global',
    agent_name: 'echo',
    prompt: 'Good morning.',
    schedule: { mode: 'cron', expr: '30 9 * * 1-5', timezone: 'America/New_York' },
  });
  expect(job.next_fires).toHaveLength(5);
  for (const fire of job.next_fires) {
    expect(fire).toMatchObject({ zone: 'America/New_York', local: expect.stringMatching(/T09:30:00$/) });
    expect(Date.parse(`${fire.local}${fire.offset}`)).toBe(Date.parse(fire.at));
    expect([1, 2, 3, 4, 5]).toContain(new Date(`${fire.local}Z`).getUTCDay());
  }
  expect(job.next_fires.map(({ at }) => at)).toEqual(job.next_fires.map(({ at }) => at).toSorted());

  const preview = await daemon.client.schedule.preview({
    spec: { mode: 'cron', expr: '30 9 * * 1-5', timezone: 'America/New_York' },
    from: '2027-03-11T00:00:00Z',
    count: 5,
  });
  expect(preview.fires.map(({ local, offset }) => `${local} ${offset}`)).toEqual([
    '2027-03-11T09:30:00 -05:00',
    '2027-03-12T09:30:00 -05:00',
    '2027-03-15T09:30:00 -04:00',
    '2027-03-16T09:30:00 -04:00',
    '2027-03-17T09:30:00 -04:00',
  ]);
}, 40_000);

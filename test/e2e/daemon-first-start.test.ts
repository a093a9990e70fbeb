// A home that is not there yet, `rouse start`, and the first job that it writes: what everybody sees first.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';

test('the first job of a new home fires, and its run shows what the agent said', async () => {
  await using daemon = await openScratchDaemon({ environment: process.env });
  const { jobs } = await daemon.client.jobs.list();
  expect(jobs).toMatchObject([{ name: 'hello', agent_name: 'echo', source: 'config' }]);
  expect(jobs[0]?.next_fires).toHaveLength(5);

  // As the file itself says: change it and it takes effect.
  const written = await readFile(join(daemon.home, 'rouse.toml'), 'utf8');
  await daemon.writeConfig(written.replace('interval = "20s"', 'interval = "1s"'));
  const run = await daemon.waitForRun(({ status }) => status === 'completed');
  expect(run).toMatchObject({ kind: 'schedule', attempt: 1, job_id: jobs[0]?.id });
  expect(run.output).toContain('You said: Say hello.');
  expect(Date.parse(run.started_at!)).toBeGreaterThanOrEqual(Date.parse(run.scheduled_at!));

  const { session_id: session } = await daemon.client.runs.get(run.id);
  const { entries } = await daemon.client.runs.transcript(run.id);
  expect(session).toBeDefined();
  expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['prompt', 'message', 'stop']));
});

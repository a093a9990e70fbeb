// kill -9 around the handing over of a run, and around the end of its task: one task for each run, whatever happens.
import { describe, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.ts';
import { openScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { crashDaemonCommand } from './crash-load.ts';

const config = `
[[automation.jobs]]
name = "hand"
prompt = "Look at everything."
schedule = "every:24h"
task = { network_channel = "reviews" }
`;

async function claimOf(client: Client) {
  const claim = await client.tasks.claim({ network_channel: 'reviews' }, { wait: '10s' });
  if (claim === null) throw new Error('nothing to claim');
  return { id: claim.task.task_run.id, token: claim.lease_token };
}

describe.concurrent('a daemon that is killed', () => {
  test.each(['before delegateRuns 1', 'within delegateRuns 1', 'after delegateRuns 1'])(
    '%s has handed the run over once when it is back',
    async (point) => {
      await using daemon = await openScratchDaemon({ config, environment: process.env, command: crashDaemonCommand });
      await daemon.stop();
      await daemon.start({ environment: { ROUSE_CRASH: point, ROUSE_CRASH_AT_ONCE: '1' } });
      const [job] = (await daemon.client.jobs.list()).jobs;
      // The answer may be lost with the process; the run is what counts.
      await daemon.client.jobs.trigger(job!.id).catch(() => undefined);
      await daemon.waitForExit();
      await daemon.start();
      const run = await daemon.waitForRun(({ status }) => status === 'delegated');
      const { tasks } = await daemon.client.tasks.list();
      expect(tasks.map(({ id, run_id, status }) => [id, run_id, status])).toEqual([[run.task_id, run.id, 'queued']]);
      expect(await daemon.runs()).toHaveLength(1);
    },
    60_000,
  );

  test.each([
    ['before endTask 1', 'claimed'],
    ['within endTask 1', 'claimed'],
    ['after endTask 1', 'completed'],
  ])(
    '%s still has the claim, and takes the same end once more',
    async (point, state) => {
      await using daemon = await openScratchDaemon({ config, environment: process.env, command: crashDaemonCommand });
      await daemon.stop();
      await daemon.start({ environment: { ROUSE_CRASH: point, ROUSE_CRASH_AT_ONCE: '1' } });
      const [job] = (await daemon.client.jobs.list()).jobs;
      await daemon.client.jobs.trigger(job!.id);
      const { id, token } = await claimOf(daemon.client);
      const end = () => daemon.client.tasks.complete(id, { lease_token: token, output: 'all is well' });
      await expect(end()).rejects.toMatchObject({ code: 'daemon_unreachable' });
      await daemon.waitForExit();
      await daemon.start();
      expect((await daemon.client.tasks.list()).tasks[0]?.status).toBe(state);
      expect(await end()).toMatchObject({ status: 'completed', task_run: { output: 'all is well', claims: 1 } });
      const [run] = await daemon.runs();
      expect(run).toMatchObject({ status: 'delegated', task: { status: 'completed', output: 'all is well' } });
    },
    60_000,
  );
});

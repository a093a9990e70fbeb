// The file is edited while the daemon runs: good entries take effect at once, a broken one keeps its last good version
// and says where it is broken, and nobody else notices.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { bringToRest, judge, loadToml, type LoadJob } from '../crash/crash-load.ts';

const steady: LoadJob = {
  name: 'steady',
  schedule: '{ mode = "every", interval = "300ms" }',
  prompt: ['say one'],
  overlap: 'queue_all',
};
const edited = (words: string, more = ''): LoadJob => ({
  name: 'edited',
  schedule: '{ mode = "every", interval = "400ms" }',
  prompt: [`say ${words}`],
  overlap: 'queue_all',
  more,
});
const added: LoadJob = { name: 'added', schedule: '{ mode = "every", interval = "500ms" }', prompt: ['say new'] };

async function jobNamed(daemon: ScratchDaemon, name: string) {
  const { jobs } = await daemon.client.jobs.list({ name });
  return jobs[0];
}

/** The next run of this job that says so. */
async function waitForWords(daemon: ScratchDaemon, name: string, words: string): Promise<void> {
  const { id } = (await jobNamed(daemon, name))!;
  await daemon.waitForRun(({ job_id, output }) => job_id === id && output?.includes(words) === true);
}

/** Writes the file and waits until the daemon has read it. */
async function edit(daemon: ScratchDaemon, text: string): Promise<void> {
  const listening = Promise.withResolvers<void>();
  const loaded = daemon.waitForHappening(({ type }) => type === 'config.loaded', {
    onListening: () => listening.resolve(),
  });
  await Promise.race([listening.promise, loaded]);
  await daemon.writeConfig(text);
  await loaded;
}

test('an edited file takes effect entry by entry', async () => {
  await using daemon = await openScratchDaemon({
    environment: process.env,
    config: loadToml({ jobs: [steady, edited('first')] }),
  });
  const file = join(daemon.home, 'rouse.toml');
  const untouched = (await jobNamed(daemon, 'steady'))!;
  await waitForWords(daemon, 'edited', 'first');

  // One changed, one added, one that is broken from the start.
  const broken =
    '\n[[automation.jobs]]\nname = "broken"\nagent = "marker"\nprompt = "x"\nschedule = { mode = "cron", expr = "61 * * * *" }\n';
  const second = loadToml({ jobs: [steady, edited('second'), added] });
  await edit(daemon, second + broken);
  const brokenLine = (second + broken).split('\n').findIndex((line) => line.includes('61 * * * *')) + 1;
  const [problem, ...more] = await daemon.client.config.problems();
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ file, line: brokenLine, path: expect.stringContaining('schedule.expr') });
  expect(problem!.column).toBeGreaterThan(1);
  expect((await daemon.client.status()).config_problems).toBe(1);
  await waitForWords(daemon, 'edited', 'second');
  await waitForWords(daemon, 'added', 'new');
  expect(await jobNamed(daemon, 'broken')).toBeUndefined();

  // One that was good is broken now: it stays as it was, switched on, and still fires.
  const third = loadToml({ jobs: [steady, edited('third', 'overlap_policy = "skip"'), added] });
  await edit(daemon, third);
  const line = third.split('\n').findIndex((each) => each.startsWith('overlap_policy')) + 1;
  expect(await daemon.client.config.problems()).toMatchObject([
    { file, line, column: 1, message: expect.stringContaining('overlap') },
  ]);
  const kept = (await jobNamed(daemon, 'edited'))!;
  expect(kept).toMatchObject({ prompt: expect.stringContaining('say second'), effective_enabled: true });
  const sinceThen = Date.now();
  await daemon.waitForRun(
    ({ job_id, output, scheduled_at }) =>
      job_id === kept.id && output?.includes('second') === true && Date.parse(scheduled_at!) > sinceThen,
  );

  // A file that cannot be read at all changes nothing, whatever it leaves out; a restart is no way to lose jobs either.
  await daemon.writeConfig('[automation\n');
  await daemon.waitUntil(async ({ client }) =>
    (await client.config.problems()).some(({ code }) => code === 'invalid_syntax'),
  );
  expect(await daemon.client.config.problems()).toMatchObject([{ file, line: 1, frame: expect.any(String) }]);
  expect((await daemon.client.jobs.list()).jobs.map(({ name }) => name)).toEqual(['added', 'edited', 'steady']);

  // Mended, and one taken out.
  // What takes something away takes effect when it has rested; until then the file before it may be read once more.
  await edit(daemon, loadToml({ jobs: [steady, edited('fourth')] }));
  await daemon.waitUntil(async () => (await jobNamed(daemon, 'added')) === undefined);
  expect(await daemon.client.config.problems()).toEqual([]);
  await waitForWords(daemon, 'edited', 'fourth');

  // All the while the neighbour kept its grid, its definition and every instant.
  const now = (await jobNamed(daemon, 'steady'))!;
  expect(now).toMatchObject({ updated_at: untouched.updated_at, created_at: untouched.created_at });
  expect(now.scheduler).toMatchObject({ anchor_at: untouched.scheduler!.anchor_at });
  const jobs = await bringToRest(daemon);
  expect(await judge({ daemon, jobs: jobs.filter(({ name }) => name === 'steady') })).toEqual([]);
}, 60_000);

test('a raised budget of the day takes effect at once, though its row had spoken for the rest of the day', async () => {
  const [program, ...args] = echoAgentCommand();
  const config = (tokens: number): string => `
[automation]
budget = { daily_tokens = ${tokens} }
[agents.echo]
type = "acp"
command = ${JSON.stringify([program, ...args])}
permission = "allow"
[[automation.jobs]]
name = "costly"
agent = "echo"
prompt = "usage 600 400\\nsay done"
schedule = { mode = "every", interval = "1s" }
fire_limit = { max = 3000, window = "1h" }
`;
  await using daemon = await openScratchDaemon({ environment: process.env, config: config(1) });
  const refused = await daemon.waitForRun(({ reason }) => reason === 'budget');
  expect(refused.missed?.last).toMatch(/T23:59:5/);
  await edit(daemon, config(10_000_000));
  const next = await daemon.waitForRun(
    ({ status, created_at }) => status === 'completed' && created_at > refused.created_at,
  );
  expect(next.scheduled_at! < refused.missed!.last).toBe(true);
});

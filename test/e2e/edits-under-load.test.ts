// Fifty edits of rouse.toml while other automations fire: good ones, wrong ones, half-written ones, renamed entries, in every
// way in which editors save. Nobody else loses an instant, and nobody else is later than without the edits.
import { open, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import type { ApiConfigProblem, ApiRun } from '../../src/client/client.ts';
import { runRouseHere } from './rouse-in-process.ts';

const EDITS = 50;
const NEIGHBOURS = ['a', 'b', 'c'];
const INTERVAL_MS = 800;

const settings = `
[automation]
max_concurrent_jobs = 20
default_fire_limit = { max = 100000, window = "1h" }
[agents.cat]
type = "command"
command = ["cat"]
prompt_via = "stdin"
`;

const neighbours = NEIGHBOURS.map(
  (name) => `
[[automation.jobs]]
name = "${name}"
agent = "cat"
prompt = "Neighbour ${name}."
schedule = { mode = "every", interval = "${INTERVAL_MS}ms", catch_up_policy = "replay" }
overlap = "allow"
`,
).join('');

const listener = `
[[automation.triggers]]
name = "listener"
agent = "cat"
event = "ext.tick"
prompt = "Tick {{ .Data.n }}."
`;

const edited = (name: string, prompt: string, more = ''): string => `
[[automation.jobs]]
name = "${name}"
agent = "cat"
prompt = "${prompt}"
schedule = { mode = "every", interval = "1000h" }
${more}`;

/** What stands in the file after edit `n`; the neighbours are in each of them, in the middle. */
function content(n: number): { kind: 'good' | 'wrong' | 'half' | 'renamed'; text: string } {
  const whole = (entry: string): string => `${settings}${neighbours}${listener}${entry}`;
  switch (n % 5) {
    case 1:
      return { kind: 'wrong', text: whole(edited('edited', `Edit ${n}.`, 'schedul = "every:1h"\n')) };
    case 2: {
      const text = whole(edited('edited', `Edit ${n}.`));
      return { kind: 'half', text: text.slice(0, -20) };
    }
    case 3:
      return { kind: 'renamed', text: whole(edited(`edited-${n}`, `Edit ${n}.`)) };
    default:
      return { kind: 'good', text: whole(edited('edited', `Edit ${n}.`)) };
  }
}

type Save = (file: string, text: string, n: number) => Promise<void>;

/** As editors save: vim, nano, VS Code, an in-place write piece by piece, a configuration manager, delete and make anew. */
const saves: readonly Save[] = [
  async (file, text) => {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  },
  (file, text) => writeFile(file, text),
  async (file, text) => {
    await truncate(file, 0);
    const handle = await open(file, 'r+');
    const middle = Math.floor(text.length / 2);
    await handle.write(text.slice(0, middle));
    await handle.sync();
    await handle.write(text.slice(middle));
    await handle.close();
  },
  async (file, text, n) => {
    const target = `${file}.v${n}`;
    await writeFile(target, text);
    await symlink(target, `${file}.link`);
    await rename(`${file}.link`, file);
  },
  async (file, text) => {
    const kept = await readFile(file, 'utf8');
    await writeFile(`${file}~`, kept);
    await rm(file);
    await writeFile(file, text);
  },
];

/** How late agents started, in milliseconds, rising. */
function lateness(runs: readonly ApiRun[]): number[] {
  return runs
    .flatMap(({ started_at, scheduled_at }) =>
      started_at === undefined || scheduled_at === undefined ? [] : [Date.parse(started_at) - Date.parse(scheduled_at)],
    )
    .toSorted((a, b) => a - b);
}

const at = (values: readonly number[], share: number): number => values[Math.floor((values.length - 1) * share)] ?? 0;

async function allRuns(daemon: ScratchDaemon, jobId: string): Promise<ApiRun[]> {
  const runs: ApiRun[] = [];
  let cursor: string | undefined;
  do {
    const page = await daemon.client.jobs.runs(jobId, { limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    runs.push(...page.runs);
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  return runs;
}

/** Waits until the first neighbour's next run was created: time passes by what happens, not by a clock. */
async function nextFire(daemon: ScratchDaemon, jobId: string): Promise<void> {
  const before = (await daemon.client.jobs.get(jobId)).job.scheduler?.next_run_at;
  await daemon.waitUntil(async () => (await daemon.client.jobs.get(jobId)).job.scheduler?.next_run_at !== before);
}

/** Saves, and waits until the daemon has read what it found. */
async function readBy(daemon: ScratchDaemon, save: () => Promise<void>): Promise<void> {
  const listening = Promise.withResolvers<void>();
  const loaded = daemon.waitForHappening(({ type }) => type === 'config.loaded', {
    onListening: () => listening.resolve(),
  });
  await listening.promise;
  await save();
  await loaded;
}

test(`${EDITS} edits of rouse.toml, in every way of saving, disturb no other automation`, async () => {
  await using daemon = await openScratchDaemon({
    environment: process.env,
    config: content(0).text,
    withinMs: 60_000,
  });
  const file = join(daemon.home, 'rouse.toml');
  const { jobs: before } = await daemon.client.jobs.list();
  const mine = before.filter(({ name }) => NEIGHBOURS.includes(name));
  expect(mine.map(({ name }) => name)).toEqual(NEIGHBOURS);
  const trigger = (await daemon.client.triggers.list()).triggers[0]!;

  // As long as the edits will take, without them: what is normal on this machine at this moment.
  const quietSince = Date.now();
  for (let n = 0; n < 6; n += 1) await nextFire(daemon, mine[0]!.id);
  const editsSince = Date.now();

  const problems: ApiConfigProblem[] = [];
  for (let n = 1; n <= EDITS; n += 1) {
    const { text } = content(n);
    // Five edits that are read one by one, then five that come faster than they are read.
    const isAwaited = n % 10 < 5;
    const save = (): Promise<void> => saves[n % saves.length]!(file, text, n);
    if (isAwaited) await readBy(daemon, save);
    else await save();
    await daemon.client.events.send({ kind: 'ext.tick', data: { n } });
    if (n % 10 === 9) await nextFire(daemon, mine[0]!.id);
    problems.push(...(await daemon.client.config.problems()));
  }
  // The last one is good; it takes effect, and everything that was wrong is forgotten.
  await daemon.waitUntil(
    async () => (await daemon.client.jobs.list({ name: 'edited' })).jobs[0]?.prompt === `Edit ${EDITS}.`,
  );
  expect(await daemon.client.config.problems()).toEqual([]);
  expect(problems.length).toBeGreaterThan(5);
  expect(problems.every(({ line }) => line !== undefined && line > 1)).toBe(true);

  const until = Date.now();
  const measured: { quiet: number[]; edits: number[] } = { quiet: [], edits: [] };
  for (const { id, name, updated_at, created_at, scheduler } of mine) {
    const { job } = await daemon.client.jobs.get(id);
    expect(job, name).toMatchObject({ id, updated_at, created_at, scheduler: { anchor_at: scheduler!.anchor_at } });
    await daemon.waitUntil(
      async () => Date.parse((await daemon.client.jobs.get(id)).job.scheduler!.next_run_at!) > until,
    );
    await daemon.waitUntil(async () =>
      (await allRuns(daemon, id)).every(
        ({ status, scheduled_at }) => status === 'completed' || Date.parse(scheduled_at!) > until,
      ),
    );
    const runs = (await allRuns(daemon, id)).filter(({ scheduled_at }) => Date.parse(scheduled_at!) <= until);
    // Every instant of the grid, once.
    const instants = runs.map(({ scheduled_at }) => Date.parse(scheduled_at!)).toSorted((x, y) => x - y);
    const anchor = Date.parse(scheduler!.anchor_at!);
    const grid = Array.from({ length: instants.length }, (_, n) => anchor + (n + 1) * INTERVAL_MS);
    expect(instants, name).toEqual(grid);
    expect(instants.at(-1)! + INTERVAL_MS, name).toBeGreaterThan(until);
    const between = (from: number, to: number): ApiRun[] =>
      runs.filter(({ scheduled_at }) => Date.parse(scheduled_at!) >= from && Date.parse(scheduled_at!) < to);
    measured.quiet.push(...lateness(between(quietSince, editsSince)));
    measured.edits.push(...lateness(between(editsSince, until)));
  }
  const [quiet, edits] = [measured.quiet, measured.edits].map((values) => values.toSorted((x, y) => x - y)) as [
    number[],
    number[],
  ];
  process.stdout.write(
    `lateness of ${edits.length} starts during ${EDITS} edits: median ${at(edits, 0.5)} ms, p99 ${at(edits, 0.99)} ms; ` +
      `of ${quiet.length} without: median ${at(quiet, 0.5)} ms, p99 ${at(quiet, 0.99)} ms\n`,
  );
  expect(at(edits, 0.5)).toBeLessThan(at(quiet, 0.5) * 4 + 5_000);

  // Every event woke the trigger, which is the same one as before.
  const ticks = (await daemon.client.triggers.runs(trigger.id, { limit: 500 })).runs;
  expect(ticks).toHaveLength(EDITS);
  expect((await daemon.client.triggers.get(trigger.id)).trigger.updated_at).toBe(trigger.updated_at);
}, 180_000);

test('a wrong entry is shown with file, line and column everywhere, and everything else fires on', async () => {
  await using daemon = await openScratchDaemon({ environment: process.env, config: content(0).text, withinMs: 60_000 });
  const file = join(daemon.home, 'rouse.toml');
  const { text } = content(1);
  const line = text.split('\n').findIndex((each) => each.startsWith('schedul =')) + 1;
  const place = `${file}:${line}:1`;
  const told = daemon.waitForHappening(({ type }) => type === 'config.problem', {
    onListening: () => void daemon.writeConfig(text),
  });
  // The stream.
  expect(await told).toMatchObject({ file, line, column: 1, message: expect.stringContaining('schedule') });
  // The API.
  expect(await daemon.client.config.problems()).toMatchObject([{ file, line, column: 1 }]);
  // The command line: against the files, and of the running daemon.
  const here = { home: daemon.home };
  expect(await runRouseHere(['config', 'check'], here)).toMatchObject({
    status: 5,
    stdout: expect.stringContaining(place),
  });
  expect((await runRouseHere(['status'], here)).stdout).toContain(place);
  // The terminal of the daemon, and its log.
  expect(daemon.output).toContain(place);
  expect((await runRouseHere(['logs', '--level', 'warn'], here)).stdout).toMatch(
    new RegExp(`config.problem.*file=\\S*rouse.toml line=${line} column=1`),
  );
  // The last good version is in force, and the neighbours go on.
  const [job] = (await daemon.client.jobs.list({ name: 'edited' })).jobs;
  expect(job).toMatchObject({ prompt: 'Edit 0.', effective_enabled: true });
  const neighbour = (await daemon.client.jobs.list({ name: 'a' })).jobs[0]!;
  for (let n = 0; n < 3; n += 1) await nextFire(daemon, neighbour.id);
}, 120_000);

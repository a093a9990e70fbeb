// The command line against a real daemon: what people read, what programs read, and the codes that scripts branch on.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { textWidth } from '../../src/cli/paint.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { runRouseHere } from './rouse-in-process.ts';

const rouse = join(import.meta.dirname, '../../bin/rouse');

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

const NOUNS = [
  ...['jobs', 'triggers', 'runs', 'events', 'tasks', 'webhooks', 'agents', 'sessions', 'workspaces'],
  ...['packages', 'secrets', 'nodes', 'hooks', 'tokens'],
];

let daemon: ScratchDaemon;
beforeAll(async () => {
  daemon = await openScratchDaemon({
    environment: process.env,
    config: `
      [automation]
      timezone = "Europe/Paris"
      [agents.echo]
      type = "acp"
      command = ${JSON.stringify(echoAgentCommand())}
      [[automation.jobs]]
      name = "from-a-file"
      agent = "echo"
      prompt = "Good morning."
      schedule = { mode = "cron", expr = "0 9 * * 1-5" }
    `,
  });
});
afterAll(() => daemon.close());

/** Runs the command as a person in another folder would; the end of the process is what is waited for. */
function run(
  args: readonly string[],
  p: { input?: string; home?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const { ROUSE_HOME: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(rouse, args, {
    cwd: daemon.folder,
    env: { ...env, HOME: daemon.folder, ROUSE_HOME: p.home ?? daemon.home, TZ: 'UTC', ...p.env },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end(p.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** Creates a job that fires never by itself within a test, and returns its id. */
async function createJob(name: string, prompt: string, ...more: string[]): Promise<string> {
  const schedule = ['--schedule', 'every:1000h', '--fire-limit', '100/1h'];
  const { out, err } = await run([
    'jobs',
    'create',
    '--name',
    name,
    '--agent',
    'echo',
    '--prompt',
    prompt,
    ...schedule,
    ...more,
    '-o',
    'json',
  ]);
  expect(err).toBe('');
  return (JSON.parse(out) as { job: { id: string } }).job.id;
}

describe('a job from its creation to its end', () => {
  it('its schedule is echoed in words, with the next five instants in its zone', async () => {
    const args = ['--name', 'review', '--agent', 'echo', '--prompt', 'Review.', '--schedule', '0 9 * * 1-5'];
    const { code, out, err } = await run([
      'jobs',
      'create',
      ...args,
      '--tz',
      'America/New_York',
      '--retry',
      'backoff:3:2s',
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^Created review \(job_\w+\)\.$/);
    expect(lines[1]).toBe('  Every weekday at 09:00 (America/New_York)');
    expect(lines.slice(3)).toHaveLength(5);
    for (const line of lines.slice(3)) {
      expect(line).toMatch(/^ {4}(Mon|Tue|Wed|Thu|Fri) \d{4}-\d\d-\d\d 09:00 -0[45]:00 America\/New_York {2}in /);
    }
    const shown = JSON.parse((await run(['jobs', 'get', 'review', '-o', 'json'])).out) as { job: object };
    expect(shown.job).toMatchObject({
      retry: { strategy: 'backoff', max_retries: 3, base_delay: '2s' },
      source: 'dynamic',
    });
  });

  it('a wall time is meant in the zone of the daemon unless another is named', async () => {
    const create = (name: string, ...more: string[]) =>
      run([
        'jobs',
        'create',
        '--name',
        name,
        '--agent',
        'echo',
        '--prompt',
        'x',
        '--schedule',
        'at:2099-07-01T09:00',
        ...more,
        '-o',
        'json',
      ]);
    const timeOf = async (ended: Promise<Ended>): Promise<number> =>
      Date.parse((JSON.parse((await ended).out) as { job: { schedule: { time: string } } }).job.schedule.time);
    expect(await timeOf(create('at-home'))).toBe(Date.parse('2099-07-01T09:00:00+02:00'));
    expect(await timeOf(create('abroad', '--tz', 'Asia/Tokyo'))).toBe(Date.parse('2099-07-01T09:00:00+09:00'));
  });

  it('the prompt can come from standard input', async () => {
    const args = [
      'jobs',
      'create',
      '--name',
      'from-input',
      '--agent',
      'echo',
      '--schedule',
      'every:1000h',
      '--prompt',
      '-',
    ];
    expect(await run(args)).toMatchObject({ code: 2, err: expect.stringContaining('Standard input is empty.') });
    await run(args, { input: 'Line one.\nLine two.\n' });
    const { out } = await run(['jobs', 'get', 'from-input', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({ job: { prompt: 'Line one.\nLine two.' } });
  });

  it('another schedule replaces the old one; what is not named stays', async () => {
    const id = await createJob('changing', 'Stay.', '--timeout', '5m');
    expect((await run(['jobs', 'update', 'changing', '--schedule', '30 8 * * *', '--unset', 'timeout'])).code).toBe(0);
    const { job } = await daemon.client.jobs.get(id);
    expect(job).toMatchObject({ prompt: 'Stay.', schedule: { mode: 'cron', expr: '30 8 * * *' } });
    expect(job.schedule).not.toHaveProperty('interval');
    expect(job.timeout).not.toBe('5m');
  });

  it('is deleted only with a yes', async () => {
    await createJob('short-lived', 'x');
    expect(await run(['jobs', 'delete', 'short-lived'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes'),
    });
    expect((await run(['jobs', 'delete', 'short-lived', '--yes'])).code).toBe(0);
    expect((await run(['jobs', 'get', 'short-lived'])).code).toBe(3);
  });

  it('of a file, it is switched by an overlay and follows its file again after a reset', async () => {
    expect((await run(['jobs', 'disable', 'from-a-file'])).out).toMatch(/^from-a-file is off\./);
    expect((await run(['jobs', 'get', 'from-a-file'])).out).toMatch(
      /off \(laid over the definition, which says true\)/,
    );
    expect((await run(['jobs', 'reset', 'from-a-file'])).out).toBe('from-a-file follows its definition: on.\n');
    expect(await run(['jobs', 'update', 'from-a-file', '--prompt', 'x'])).toMatchObject({ code: 4 });
  });
});

describe('a run', () => {
  it('is followed with what is said, and the command ends as it did', async () => {
    await createJob('talks', '/tool read notes.txt\n/say All is well.');
    const { code, out } = await run(['jobs', 'run', 'talks', '--follow']);
    expect(code).toBe(0);
    expect(out).toMatch(/^prompt /m);
    expect(out).toMatch(/^tool /m);
    expect(out).toMatch(/^agent {4}All is well\.$/m);
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^✓ completed in .*: All is well\.$/);
  });

  it('that fails ends the waiting command with 10, a canceled one with 11', async () => {
    await createJob('fails', '/fail The moon is missing.');
    expect(await run(['jobs', 'run', 'fails', '--wait'])).toMatchObject({
      code: 10,
      out: expect.stringContaining('The moon is missing.'),
    });
    const id = await createJob('hangs', '/sleep 10m');
    const { run: hanging } = await daemon.client.jobs.trigger(id);
    await daemon.waitForRun(({ id: runId, status }) => runId === hanging.id && status === 'running');
    const waiting = run(['runs', 'wait', hanging.id]);
    expect((await run(['runs', 'cancel', hanging.id])).code).toBe(0);
    expect(await waiting).toMatchObject({ code: 11, out: expect.stringContaining('canceled') });
    const stopped = await run(['runs', 'get', hanging.id]);
    expect(stopped.out).toMatch(/^status +⊘ canceled \(user\)$/m);
  });

  it('that outlasts --timeout ends the waiting command with 7 and goes on', async () => {
    const id = await createJob('slow', '/sleep 10m');
    const { run: slow } = await daemon.client.jobs.trigger(id);
    expect(await run(['runs', 'wait', slow.id, '--timeout', '300ms'])).toMatchObject({ code: 7 });
    expect((await daemon.client.runs.get(slow.id)).ended_at).toBeUndefined();
    await daemon.client.runs.cancel(slow.id);
  });

  it('is listed by time, status and job, and its transcript can be read afterwards', async () => {
    await createJob('listed', '/say Read me later.');
    const { out: ran } = await run(['jobs', 'run', 'listed', '--wait', '-o', 'json']);
    const { id } = (JSON.parse(ran) as { run: { id: string } }).run;
    const { out } = await run(['jobs', 'runs', 'listed', '--since', '1d', '--status', 'completed', '-o', 'jsonl']);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([id]);
    expect((await run(['runs', 'list', '--job', 'listed', '--status', 'failed'])).out).toMatch(/^No runs\./);
    expect((await run(['runs', 'transcript', id])).out).toMatch(/^agent {4}Read me later\.$/m);
    expect((await run(['runs', 'list'])).out).toMatch(/^RUN +AUTOMATION +STATUS/);
  });
});

describe('the whole', () => {
  it('status says how the daemon is', async () => {
    const { code, out } = await run(['status']);
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(daemon.url) });
    expect(out).toMatch(/^daemon +✓ running$/m);
  });

  it('next and preview show instants with zone and offset', async () => {
    expect((await run(['next', '--within', '7d'])).out).toMatch(/09:00 \+0[12]:00 Europe\/Paris +from-a-file +echo/);
    const { out } = await run([
      'preview',
      '30 2 * * *',
      '--tz',
      'Europe/Paris',
      '--from',
      '2026-03-28T12:00:00Z',
      '--count',
      '2',
    ]);
    expect(out.split('\n')[0]).toBe('Every day at 02:30 (Europe/Paris)');
    expect(out).toMatch(/Sun 2026-03-29 03:00 \+02:00 Europe\/Paris .*does not exist/);
  });

  it('workspaces are registered, and jobs bound to them by name', async () => {
    expect((await run(['workspaces', 'add', '.', '--name', 'scratch'])).out).toMatch(/^Registered scratch \(/);
    await createJob('bound', 'x', '--workspace', 'scratch');
    const { out } = await run(['jobs', 'list', '--workspace', 'scratch', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({ jobs: [{ name: 'bound', scope: 'workspace' }] });
    expect((await run(['agents', 'list'])).out).toMatch(/^echo +acp/m);
  });

  it('yaml holds what json holds', async () => {
    const { parse } = await import('yaml');
    const [json, yaml] = await Promise.all([
      run(['agents', 'list', '-o', 'json']),
      run(['agents', 'list', '-o', 'yaml']),
    ]);
    expect(parse(yaml.out)).toEqual(JSON.parse(json.out));
  });

  it('there is no colour in a pipe, unless it is asked for, and never with NO_COLOR', async () => {
    expect((await run(['jobs', 'list'])).out).not.toContain('\u001b');
    expect((await run(['jobs', 'list'], { env: { FORCE_COLOR: '1' } })).out).toContain('\u001b[');
    expect((await run(['jobs', 'list'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).out).not.toContain('\u001b');
  });

  it('tables fit a terminal of 80 columns, whatever things are called', { timeout: 60_000 }, async () => {
    const name = 'a-job-with-a-name-that-somebody-thought-about-for-much-too-long-and-that-goes-on-and-on';
    await createJob(
      name,
      'A prompt that is longer than a line of the terminal, so that it cannot fit into any column.',
    );
    const here = (words: string) =>
      runRouseHere(words.split(' '), { home: daemon.home, cwd: daemon.folder, columns: 80 });
    await here(`jobs run ${name} --wait`);
    await here(`triggers create --name ${name} --agent echo --event ext.a-name-of-an-event-that-is-long --prompt Hi`);
    await here('events send ext.a-name-of-an-event-that-is-long');
    await here(`tasks create --title ${name} --owner human:${'o'.repeat(60)}`);
    const wide: string[] = [];
    // What there is none of is said in a sentence, which the terminal wraps.
    const isRow = (line: string) => !line.startsWith('No ');
    for (const words of ['next', ...NOUNS.map((noun) => `${noun} list`), 'webhooks deliveries', 'audit', 'usage']) {
      const { stdout, status } = await here(words);
      expect(status, words).toBe(0);
      wide.push(
        ...stdout
          .split('\n')
          .flatMap((line) => (isRow(line) && textWidth(line) > 80 ? [`rouse ${words}: ${line}`] : [])),
      );
    }
    expect(wide).toEqual([]);
  });
});

describe('mistakes', () => {
  it('a refusal of the daemon shows every problem with its field, and the code of its kind', async () => {
    const args = ['jobs', 'create', '--name', 'wrong', '--agent', 'ecko', '--prompt', 'x', '--schedule', 'every:30m'];
    expect(await run(args)).toMatchObject({ code: 5, out: '', err: expect.stringMatching(/Did you mean "echo"\?/) });
    const badLimit = await run([
      ...args.slice(0, -4),
      '--agent',
      'echo',
      '--schedule',
      'every:30m',
      '--fire-limit',
      '4/soon',
    ]);
    expect(badLimit).toMatchObject({ code: 5, err: expect.stringMatching(/job\.fire_limit\.window: .*\nnext: /s) });
  });
  it('a schedule that cannot be read says what can', async () => {
    expect(await run(['preview', 'every:sometimes'])).toMatchObject({
      code: 5,
      err: expect.stringContaining('duration'),
    });
    expect(await run(['preview', '61 * * * *'])).toMatchObject({ code: 5 });
  });
  it('a mistyped name is answered with the nearest', async () => {
    expect(await run(['jobs', 'get', 'from-a-fiel'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('Did you mean "from-a-file"?'),
    });
  });
  it('programs get the failure as JSON, on the stream of errors', async () => {
    const { code, out, err } = await run(['runs', 'get', 'run_none', '-o', 'json']);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'run_not_found', exit_code: 3 } });
  });
  it('where no daemon runs, it says so', async () => {
    const home = join(daemon.folder, 'nobody');
    expect(await run(['jobs', 'list'], { home })).toMatchObject({ code: 7, err: expect.stringContaining(home) });
  });
});

describe('without a daemon', () => {
  it('init makes a home once, and config check finds nothing wrong with it', async () => {
    const home = join(daemon.folder, 'made');
    expect((await run(['init'], { home })).out).toMatch(/^Wrote .*rouse\.toml/);
    expect((await run(['init'], { home })).out).toMatch(/stays as it is/);
    expect(await run(['config', 'check'], { home })).toMatchObject({
      code: 0,
      out: expect.stringContaining(': 1 job, 1 agent.'),
    });
  });
  it('config check names file, line and column of every mistake, and ends with 5', async () => {
    const { mkdir, writeFile } = await import('node:fs/promises');
    const home = join(daemon.folder, 'broken');
    await mkdir(home);
    await writeFile(join(home, 'rouse.toml'), '[daemon]\nprot = 7717\n');
    const { code, out } = await run(['config', 'check'], { home });
    expect(code).toBe(5);
    expect(out).toMatch(/rouse\.toml:2:\d+ daemon\.prot\n.*port/);
    expect(out).toMatch(/\nOne problem\.\n$/);
  });
});

// The verbs about the account, from the command line to a real daemon and its agent and back.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const rouse = join(import.meta.dirname, '../../bin/rouse');

let daemon: ScratchDaemon;
beforeAll(async () => {
  daemon = await openScratchDaemon({
    environment: process.env,
    config: `
      [automation]
      timezone = "Europe/Paris"
      [agents.echo]
      type = "acp"
      permission = "ask"
      command = ${JSON.stringify(echoAgentCommand())}
      [agents.poor]
      type = "acp"
      command = ${JSON.stringify(echoAgentCommand())}
    `,
  });
});
afterAll(() => daemon.close());

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the command; the end of its process is what is waited for. */
function run(...args: string[]): Promise<Ended> {
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(rouse, args, {
    cwd: daemon.folder,
    env: { ...env, HOME: daemon.folder, ROUSE_HOME: daemon.home, TZ: 'UTC' },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** A job of the past few days that no test sees fire by itself. */
async function createJob(name: string, prompt: string, agent = 'echo'): Promise<string> {
  const { job } = await daemon.client.jobs.create({
    scope: 'global',
    name,
    agent_name: agent,
    prompt,
    schedule: { mode: 'cron', expr: '0 9 1 1 *' },
    fire_limit: { max: 100, window: '1h' },
  });
  return job.id;
}

const lastYear = new Date().getUTCFullYear() - 1;

describe('explain', () => {
  it('says what becomes of an instant, written as wall time of the job', async () => {
    await createJob('yearly', 'x');
    const next = `${lastYear + 2}-01-01T09:00`;
    const { code, out } = await run('explain', 'yearly', '--at', next);
    expect({ code, out }).toEqual({ code: 0, out: `Will fire at ${lastYear + 2}-01-01T08:00:00.000Z.\n` });
    const json = JSON.parse((await run('explain', 'yearly', '--at', next, '-o', 'json')).out) as object;
    expect(json).toMatchObject({ explanation: { outcome: 'upcoming', runs: [] } });
  });
  it('without an instant says it of the last due one and the next, as far as they are its own', async () => {
    const { out } = await run('explain', 'yearly');
    expect(out).toMatch(/^next {2}Will fire at .*T08:00:00\.000Z\.\n$/);
  });
  it('ends with 3 for a job that is none, and with 5 for what is no instant', async () => {
    expect(await run('explain', 'yaerly')).toMatchObject({ code: 3, err: expect.stringContaining('"yearly"') });
    expect(await run('explain', 'yearly', '--at', 'noon')).toMatchObject({ code: 5, out: '' });
  });
});

describe('backfill', () => {
  const range = ['--from', `${lastYear}-01-01T00:00`, '--to', `${lastYear}-01-02T00:00`];

  it('lists first, asks, and runs each instant once', async () => {
    const id = await createJob('archive', '/say Archived.');
    const dry = await run('jobs', 'backfill', 'archive', ...range, '--dry-run');
    expect(dry.out).toMatch(
      new RegExp(`^INSTANT +STATE\n\\w{3} ${lastYear}-01-01 09:00 \\+01:00 Europe/Paris +to be run\n`),
    );
    expect(await run('jobs', 'backfill', 'archive', ...range)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes'),
    });
    expect((await daemon.client.jobs.runs(id)).runs).toEqual([]);
    const ended = daemon.waitForRun((each) => each.job_id === id && each.status === 'completed');
    expect(await run('jobs', 'backfill', 'archive', ...range, '--yes')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Accepted 1 run of archive\./),
    });
    expect(await ended).toMatchObject({ kind: 'backfill', output: expect.stringContaining('Archived.') });
    expect((await run('jobs', 'backfill', 'archive', ...range, '--yes')).out).toMatch(/^Nothing to run/);
    expect((await run('explain', 'archive', '--at', `${lastYear}-01-01T09:00`)).out).toMatch(/^Completed at /);
  });
});

describe('permission', () => {
  async function askingRun(name: string): Promise<string> {
    const id = await createJob(name, '/permission shell Delete the build');
    const { run: asking } = await daemon.client.jobs.trigger(id);
    await daemon.waitUntil(async ({ client }) => (await client.runs.get(asking.id)).permission !== undefined);
    return asking.id;
  }

  it('is shown with the next step, allowed, and the run goes on', async () => {
    const id = await askingRun('asks');
    const shown = (await run('runs', 'get', id)).out;
    expect(shown).toMatch(/asks +Delete the build \(shell\)/);
    expect(shown).toMatch(new RegExp(`next +rouse runs allow ${id}`));
    expect((await run('runs', 'list')).out).toMatch(/asks: Delete the build/);
    const waiting = run('runs', 'wait', id);
    expect(await run('runs', 'allow', id)).toMatchObject({ code: 0, out: expect.stringMatching(/^Allowed: Delete/) });
    expect(await waiting).toMatchObject({ code: 0, out: expect.stringContaining('allow-once') });
    expect(await run('runs', 'allow', id)).toMatchObject({ code: 4, err: expect.stringContaining('does not wait') });
  });

  it('is denied with an option of its own, never by one that says the opposite', async () => {
    const id = await askingRun('asks-again');
    expect(await run('runs', 'deny', id, '--option', 'allow-always')).toMatchObject({
      code: 2,
      err: expect.stringContaining('opposite'),
    });
    expect(await run('runs', 'deny', id, '--option', 'never')).toMatchObject({ code: 5 });
    const waiting = run('runs', 'wait', id);
    expect((await run('runs', 'deny', id, '--option', 'reject-always')).code).toBe(0);
    expect((await waiting).out).toContain('reject-always');
  });
});

describe('retry', () => {
  it('makes the next attempt of a finished run, and ends as it did', async () => {
    await createJob('fails', '/fail The moon is missing.');
    const { out } = await run('jobs', 'run', 'fails', '--wait', '-o', 'json');
    const failed = (JSON.parse(out) as { run: { id: string } }).run.id;
    expect(await run('runs', 'retry', failed, '--wait')).toMatchObject({
      code: 10,
      out: expect.stringContaining('attempt 2'),
    });
    expect(await run('runs', 'retry', 'run_none')).toMatchObject({ code: 3 });
  });
});

describe('everything at once', () => {
  it('is paused, says so, and goes on', async () => {
    const id = await createJob('patient', '/say Now.');
    expect((await run('pause')).out).toMatch(/^Everything is paused since .* by user:cli\..*rouse resume$/m);
    expect((await run('status')).out).toMatch(/^automation +paused since .*rouse resume$/m);
    expect((await run('jobs', 'list')).out).toMatch(/patient .* paused /);
    const ended = daemon.waitForRun((each) => each.job_id === id && each.status === 'completed');
    const { run: waiting } = await daemon.client.jobs.trigger(id);
    expect((await run('runs', 'get', waiting.id)).out).toMatch(/^waits +Everything is paused since .* by user:cli\.$/m);
    expect(await run('resume')).toMatchObject({ code: 0, out: expect.stringContaining('fire again') });
    await ended;
  });

  it('says what was used', async () => {
    const { code, out } = await run('usage', '--since', '2d');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^AUTOMATION +RUNS +TOKENS IN/) });
    const days = (await run('usage', '--by', 'day', '-o', 'json')).out;
    expect(JSON.parse(days)).toMatchObject({ usage: { totals: { runs: expect.any(Number) } } });
    expect(await run('usage', '--since', 'soon')).toMatchObject({ code: 5 });
  });

  it('is played ahead', async () => {
    await daemon.client.jobs.create({
      scope: 'global',
      name: 'hourly',
      agent_name: 'echo',
      prompt: 'x',
      schedule: { mode: 'every', interval: '1000h' },
    });
    const { code, out } = await run('simulate', '--days', '31');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^JOB +FIRES +RUNS/) });
    expect(await run('simulate', '--days', '32')).toMatchObject({ code: 5 });
  });
});

describe('an agent whose account is exhausted', () => {
  it('is held, shown and released', async () => {
    const id = await createJob('spends', '/limit 1h', 'poor');
    await daemon.client.jobs.trigger(id);
    await daemon.waitUntil(async ({ client }) =>
      (await client.agents.list()).some((agent) => agent.held_until !== undefined),
    );
    expect((await run('agents', 'list')).out).toMatch(/^poor .*it is free again/m);
    // What waits for the agent would start at once, and find its account as exhausted as before.
    await daemon.client.jobs.remove(id);
    expect((await run('agents', 'release', 'poor')).out).toBe('poor is held no more.\n');
    expect((await run('agents', 'release', 'poor')).out).toMatch(/is not held/);
    expect(await run('agents', 'release', 'nobody')).toMatchObject({ code: 3 });
  });
});

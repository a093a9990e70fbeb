// Conversations from end to end: continued over runs and restarts, in worktrees, listed, printed, followed, counted.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiRun } from '../../src/client/client.ts';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const rouse = join(import.meta.dirname, '../../bin/rouse');

let daemon: ScratchDaemon;
beforeAll(async () => {
  const echo = `type = "acp"\ncommand = ${JSON.stringify(echoAgentCommand())}\npermission = "allow"`;
  daemon = await openScratchDaemon({
    environment: { ...process.env, THE_SECRET: 'very-secret-value' },
    withinMs: 30_000,
    config: `
[agents.echo]
${echo}
env = { HIDDEN = "env:THE_SECRET" }
[agents.isolated]
${echo}
worktree = true
[agents.forgetful]
type = "command"
command = ["sh", "-c", "cat >/dev/null; echo done"]
[retention]
transcripts = { per_run = "4KiB" }
`,
  });
});
afterAll(() => daemon.close());

async function createJob(name: string, prompt: string, more: object = {}): Promise<string> {
  const { job } = await daemon.client.jobs.create({
    scope: 'global',
    name,
    agent_name: 'echo',
    prompt,
    schedule: { mode: 'cron', expr: '0 9 1 1 *' },
    fire_limit: { max: 100, window: '1h' },
    ...more,
  });
  return job.id;
}

async function runNow(id: string, prompt?: string): Promise<ApiRun> {
  const { run } = await daemon.client.jobs.trigger(id, prompt === undefined ? {} : { prompt });
  return daemon.waitForRun((each) => each.id === run.id && each.ended_at !== undefined);
}

async function noticesOf(run: ApiRun): Promise<string> {
  const { entries } = await daemon.client.sessions.transcript(run.session_id!, { limit: 500 });
  return entries
    .filter(({ kind }) => kind === 'notice')
    .map(({ text }) => text)
    .join('\n');
}

function command(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(rouse, args, { env: { ...env, HOME: daemon.folder, ROUSE_HOME: daemon.home, TZ: 'UTC' } });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end();
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

describe('a session that is resumed', () => {
  test('goes on over runs and a killed daemon, and is given up at its turns, visibly', async () => {
    const id = await createJob('remembers', 'Again.', { session: { mode: 'resume', max_turns: 2 } });
    const first = await runNow(id);
    expect(first.output).not.toContain('This session is continued.');
    await daemon.restart();
    const second = await runNow(id);
    expect(second.output).toContain('This session is continued.');
    const sessions = await Promise.all([first, second].map((run) => daemon.client.sessions.get(run.session_id!)));
    expect(sessions[0]?.agent_session_id).toBe(sessions[1]?.agent_session_id);
    const third = await runNow(id);
    expect(third.output).not.toContain('This session is continued.');
    expect(await noticesOf(third)).toContain('A new conversation begins: the one before had 2 turns.');
  });

  test('is not continued after it broke', async () => {
    const id = await createJob('breaks', 'Again.', { session: { mode: 'resume' } });
    await runNow(id);
    expect(await runNow(id, '/fail The moon is missing.')).toMatchObject({ status: 'failed' });
    expect((await runNow(id)).output).not.toContain('This session is continued.');
  });

  test('a plain command begins anew each time, and says so', async () => {
    const id = await createJob('plain', 'x', { agent_name: 'forgetful', session: { mode: 'resume' } });
    await runNow(id);
    expect(await runNow(id)).toMatchObject({ status: 'completed', output: 'done\n' });
  });
});

describe('an agent with worktrees', () => {
  let workspace: string;
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: workspace, encoding: 'utf8' });
  beforeAll(async () => {
    workspace = join(daemon.folder, 'repository');
    mkdirSync(workspace);
    writeFileSync(join(workspace, 'a.txt'), 'a\n');
    git('init', '--quiet', '-b', 'main');
    git('add', '-A');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '--quiet', '-m', 'first');
    await daemon.client.workspaces.register({ path: workspace, name: 'repository' });
  });

  const isolated = { agent_name: 'isolated', scope: 'workspace', workspace_id: 'repository' };

  test('works beside the folder and leaves nothing behind', async () => {
    const id = await createJob('tidy', '/say Nothing to do.', isolated);
    const run = await runNow(id);
    expect(run).toMatchObject({ status: 'completed', output: 'Nothing to do.' });
    const { cwd } = await daemon.client.sessions.get(run.session_id!);
    expect(cwd).toBe(join(daemon.home, 'worktrees', run.id));
    expect(git('worktree', 'list')).not.toContain(run.id);
    expect(git('branch', '--list', 'rouse/*')).toBe('');
  });

  test('keeps what was not committed, and says where', async () => {
    const id = await createJob('untidy', '/touch left.txt', isolated);
    const run = await runNow(id);
    expect(run.status).toBe('completed');
    expect(await noticesOf(run)).toMatch(/worktree .* was kept: one file has changes/);
    expect(git('worktree', 'list')).toContain(run.id);
    expect(git('status', '--porcelain')).toBe('');
  });

  test('cannot work where there is no repository', async () => {
    const id = await createJob('nowhere', 'x', { agent_name: 'isolated' });
    expect(await runNow(id)).toMatchObject({
      status: 'failed',
      reason: 'agent_unavailable',
      error: expect.stringMatching(/git repository/),
    });
  });
});

describe('sessions', () => {
  test('are listed, shown and printed, secrets taken out, tools folded, the cut marked', async () => {
    const id = await createJob('talks', '/env HIDDEN\n/tool shell Look around\n/flood 20KB');
    const run = await runNow(id);
    expect(run.output).not.toContain('very-secret-value');
    const { sessions } = await daemon.client.sessions.list({ automation_id: id });
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ run_id: run.id, agent_name: 'echo', transcript_truncated: true });
    const list = await command('sessions', 'list', '--job', 'talks');
    expect(list.out).toMatch(/^SESSION +AGENT +STARTED/);
    expect(list.out).toMatch(/ end_turn$/m);
    const shown = await command('sessions', 'get', run.session_id!);
    expect(shown.out).toMatch(new RegExp(`^run +${run.id}$`, 'm'));
    expect(shown.out).toMatch(/^transcript +\d+ KiB, cut$/m);
    const printed = await command('sessions', 'transcript', run.session_id!);
    expect(printed.out).toMatch(/^tool +Look around$/m);
    expect(printed.out).toMatch(/^cut +The transcript reached its bound of 4096 bytes/m);
    expect(printed.out).not.toContain('very-secret-value');
    const json = JSON.parse((await command('sessions', 'transcript', run.session_id!, '-o', 'json')).out) as object;
    expect(json).toMatchObject({ run_id: run.id, entries: expect.any(Array) });
    expect(await command('sessions', 'get', 'ses_none')).toMatchObject({ code: 3 });
    expect(await command('sessions', 'list', '--since', 'soon')).toMatchObject({ code: 5 });
  });

  test('are followed live to the end of their run', async () => {
    const id = await createJob('slow', '/say Beginning.\n/sleep 300ms\n/say Ending.');
    const { run } = await daemon.client.jobs.trigger(id);
    await daemon.waitUntil(async ({ client }) => (await client.runs.get(run.id)).session_id !== undefined);
    const { session_id } = await daemon.client.runs.get(run.id);
    const { code, out } = await command('sessions', 'transcript', session_id!, '--follow');
    expect(code).toBe(0);
    expect(out).toContain('Ending.');
    expect(out).toMatch(/completed/);
  });
});

test('what was used adds up per run, automation and day', async () => {
  const id = await createJob('counts', '/usage 100 20 0.5');
  const runs = [await runNow(id), await runNow(id), await runNow(id, '/usage 1000 200 0.25\n/say More.')];
  expect(runs.map(({ usage }) => usage)).toEqual([
    { input_tokens: 100, output_tokens: 20, cost_usd: 0.5 },
    { input_tokens: 100, output_tokens: 20, cost_usd: 0.5 },
    { input_tokens: 1000, output_tokens: 200, cost_usd: 0.25 },
  ]);
  const usage = await daemon.client.usage({ since: '24h' });
  const days = usage.days.filter(({ automation_id }) => automation_id === id);
  const sum = (pick: (day: (typeof days)[number]) => number): number => days.reduce((all, day) => all + pick(day), 0);
  expect([
    sum(({ runs: count }) => count),
    sum(({ input_tokens }) => input_tokens),
    sum(({ output_tokens }) => output_tokens),
  ]).toEqual([3, 1200, 240]);
  expect(sum(({ cost_usd }) => cost_usd)).toBeCloseTo(1.25, 9);
  const all = usage.days.reduce((total, { cost_usd }) => total + cost_usd, 0);
  expect(usage.totals.cost_usd).toBeCloseTo(all, 9);
  const listed = await Promise.all(runs.map(({ session_id }) => daemon.client.sessions.get(session_id!)));
  expect(listed.map((session) => session.usage?.cost_usd)).toEqual([0.5, 0.5, 0.25]);
});

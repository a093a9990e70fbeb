// Log and metrics of a real daemon, read as an operator reads them.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const rouse = join(import.meta.dirname, '../../bin/rouse');
const PLANTED = 'planted-value-9d1c';

let daemon: ScratchDaemon;
beforeAll(async () => {
  daemon = await openScratchDaemon({
    environment: { ...process.env, PLANTED_KEY: PLANTED },
    config: `
      [agents.echo]
      type = "acp"
      command = ${JSON.stringify(echoAgentCommand())}
      env = { KEY = "env:PLANTED_KEY" }
      [[automation.jobs]]
      name = "by-hand"
      agent = "echo"
      prompt = "Say this: a private sentence."
      schedule = { mode = "every", interval = "1000h" }
    `,
  });
  const { jobs } = await daemon.client.jobs.list({ name: 'by-hand' });
  await daemon.client.jobs.trigger(jobs[0]!.id, { wait: '30s' });
});
afterAll(() => daemon.close());

function logs(...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(rouse, ['logs', ...args], { env: { ...process.env, ROUSE_HOME: daemon.home, TZ: 'UTC' } });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
}

it('a run is in the log from its creation to its end, and neither prompt, answer nor secret is', async () => {
  const all = await logs('-o', 'jsonl');
  const events = all.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; run_id?: string; status?: string });
  const [created] = events.filter(({ event }) => event === 'run.created');
  const story = events.filter(({ run_id }) => run_id === created?.run_id).map(({ event }) => event);
  expect(story).toEqual(['run.created', 'run.started', 'run.finished']);
  const about = await logs('-o', 'jsonl', '--about', String(created?.run_id));
  expect(about.out.trim().split('\n')).toHaveLength(3);
  expect(all.out).not.toContain('private sentence');
  expect(all.out).not.toContain(PLANTED);
});

it('people read it in columns, as important as they wish', async () => {
  const { out } = await logs();
  expect(out).toMatch(/info {3}run\.finished .*status=completed/u);
  expect((await logs('--level', 'error')).out).toBe('');
});

it('a scraper with the token reads the metrics at both addresses, and nobody else does', async () => {
  const headers = { authorization: `Bearer ${daemon.token}` };
  for (const path of ['/metrics', '/api/metrics']) {
    const reply = await fetch(`${daemon.url}${path}`, { headers });
    expect(reply.headers.get('content-type')).toContain('text/plain');
    const text = await reply.text();
    expect(text).toContain('rouse_runs_total{kind="manual",status="completed",reason=""} 1');
    expect(text).toMatch(/rouse_last_tick_timestamp_seconds \d{10}/u);
  }
  expect((await fetch(`${daemon.url}/metrics`)).status).toBe(401);
});

// Hooks on the real daemon: gates that cost no agent start, notifications that survive, and commands that are ended.
import { createServer, type Server } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import type { ApiRun } from '../../src/client/client.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const SECRET = `whsec_${Buffer.from('a secret of the receiver, 32 byte').toString('base64')}`;

/** What came to a URL hook, and what it was answered. */
interface Received {
  id: string;
  body: string;
  headers: Record<string, string>;
}

let folder: string;
let server: Server;
let url: string;
let received: Received[];
let answers: number[];
let daemon: ScratchDaemon | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rouse-hooks-'));
  received = [];
  answers = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      received.push({ id: headers['webhook-id']!, body: Buffer.concat(chunks).toString(), headers });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify`;
});
afterEach(async () => {
  await daemon?.close();
  daemon = undefined;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function script(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return file;
}

async function open(hooks: string): Promise<ScratchDaemon> {
  daemon = await openScratchDaemon({
    environment: { ...process.env, HOOK_SECRET: SECRET },
    config: `
[agents.cat]
type = "command"
command = ["sh", "-c", 'echo started >> "${folder}/starts"; cat']
[agents.bad]
type = "command"
command = ["false"]
${['cat', 'bad']
  .map(
    (agent) => `
[[automation.jobs]]
name = "job-${agent}"
agent = "${agent}"
prompt = "the prompt"
schedule = { mode = "cron", expr = "0 0 1 1 *" }
`,
  )
  .join('')}
${hooks}`,
  });
  return daemon;
}

async function run(agent = 'cat'): Promise<ApiRun> {
  const { jobs } = await daemon!.client.jobs.list({ name: `job-${agent}` });
  return (await daemon!.client.jobs.trigger(jobs[0]!.id, { wait: '15s' })).run;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await daemon!.waitUntil(async () => condition());
}

const starts = async (): Promise<string> => readFile(path.join(folder, 'starts'), 'utf8').catch(() => '');
const hook = (parts: string): string => `[[hooks]]\n${parts}\n`;
const GATE = 'event = "automation.job.pre_fire"';

test('a gate that says there is nothing to do costs no agent start, and its reason is on the run', async () => {
  const gate = await script('gate', `cat > ${folder}/told; echo '{"cancel": true, "reason": "nothing to do today"}'`);
  await open(hook(`name = "gate"\n${GATE}\ncommand = ["${gate}"]`));
  expect(await run()).toMatchObject({
    status: 'canceled',
    reason: 'hook',
    error: 'the hook gate said no: nothing to do today',
  });
  expect(await starts()).toBe('');
  const told = JSON.parse(await readFile(path.join(folder, 'told'), 'utf8')) as { data: Record<string, unknown> };
  expect(told).toMatchObject({
    type: 'automation.job.pre_fire',
    hook: 'gate',
    data: { automation_name: 'job-cat', agent_name: 'cat', prompt: 'the prompt', attempt: 1 },
  });
  const { calls } = await daemon!.client.hooks.calls({ hook: 'gate' });
  expect(calls).toMatchObject([{ state: 'completed', event: 'automation.job.pre_fire' }]);
});

test('gates rewrite the prompt one after the other, and what is silent lets it pass', async () => {
  const first = await script('first', `cat > /dev/null; echo '{"prompt": "a better prompt"}'`);
  const second = await script('second', `sed 's/.*"prompt":"\\([^"]*\\)".*/{"prompt":"\\1, twice"}/'`);
  await open(
    hook(`name = "first"\n${GATE}\ncommand = ["${first}"]`) +
      hook(`name = "silent"\n${GATE}\ncommand = ["true"]`) +
      hook(`name = "second"\n${GATE}\ncommand = ["${second}"]`) +
      hook(`name = "other"\n${GATE}\ncommand = ["false"]\nmatch = { automation = "another" }`),
  );
  expect(await run()).toMatchObject({
    status: 'completed',
    prompt: 'a better prompt, twice',
    output: 'a better prompt, twice',
  });
});

test.each([
  ['cannot be run', '/nowhere/to/be/found', /does not exist/],
  ['ends with an error', 'exit 3', /exit code 3/],
  ['says what is no answer', 'echo hello', /not JSON/],
  ['hangs, with a child', 'sleep 600 & sleep 600', /longer than 0.5 s/],
])('a gate that %s fails the run, starts nothing and leaves nothing', async (_, text, error) => {
  const command = text.startsWith('/') ? text : await script('gate', text);
  await open(hook(`name = "gate"\n${GATE}\ncommand = ["${command}"]\ntimeout = "500ms"`));
  expect(await run()).toMatchObject({ status: 'failed', reason: 'hook', error: expect.stringMatching(error) });
  expect(await starts()).toBe('');
  await daemon!.waitUntilAlone();
});

test('a URL as gate is asked the same way', async () => {
  await open(hook(`name = "gate"\n${GATE}\nurl = "${url}"`));
  answers = [204];
  expect(await run()).toMatchObject({ status: 'completed' });
  answers = [500];
  expect(await run()).toMatchObject({ status: 'failed', reason: 'hook', error: expect.stringContaining('500') });
});

test('a notification is signed as Standard Webhooks, says whether it is tried again, and is an event afterwards', async () => {
  await open(
    hook(
      `name = "notify"\nevent = ["automation.run.failed", "automation.run.completed"]\nurl = "${url}"\nsecret_ref = "env:HOOK_SECRET"`,
    ),
  );
  const failed = await run('bad');
  await until(() => received.length === 1);
  const [message] = received;
  const told = new Webhook(SECRET).verify(message!.body, message!.headers) as { data: Record<string, unknown> };
  expect(told).toMatchObject({
    type: 'automation.run.failed',
    data: { run_id: failed.id, will_retry: false, automation_name: 'job-bad', status: 'failed' },
  });
  await until(async () => {
    const { events } = await daemon!.client.events.list({ kind: 'hook.notify.completed' });
    return events.some(({ cause }) => cause?.run_id === failed.id);
  });
});

test('a notification that is refused is tried again under the same id, and the run is none the worse', async () => {
  await open(
    hook(`name = "notify"\nevent = "automation.run.completed"\nurl = "${url}"\nsecret_ref = "env:HOOK_SECRET"`),
  );
  answers = [500];
  expect((await run()).status).toBe('completed');
  await until(() => received.length === 1);
  await until(async () => (await daemon!.client.hooks.calls({ state: 'waiting' })).calls[0]?.attempts === 1);
  const [waiting] = (await daemon!.client.hooks.calls({ state: 'waiting' })).calls;
  expect(waiting).toMatchObject({ hook: 'notify', detail: 'it answered 500' });
  await until(() => received.length === 2);
  expect(received[1]!.id).toBe(received[0]!.id);
  await until(async () => (await daemon!.client.hooks.calls({ state: 'completed' })).calls[0]?.attempts === 2);
});

test('a notification that was owed when the daemon was killed is made after the restart', async () => {
  // Nobody answers until the daemon has been killed and started again.
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await open(hook(`name = "notify"\nevent = "automation.run.completed"\nurl = "${url}"`));
  const done = await run();
  await daemon!.kill();
  await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), '127.0.0.1', resolve));
  await daemon!.start();
  await until(() => received.some(({ body }) => body.includes(done.id)));
}, 60_000);

test('a command that hangs after a run is ended with its children, and changes nothing about the run', async () => {
  const hanging = await script('hang', 'sleep 600 & sleep 600');
  await open(hook(`name = "after"\nevent = "automation.job.post_fire"\ncommand = ["${hanging}"]\ntimeout = "500ms"`));
  expect((await run()).status).toBe('completed');
  await until(async () => (await daemon!.client.hooks.calls({ hook: 'after' })).calls[0]?.state === 'failed');
  const [call] = (await daemon!.client.hooks.calls({ hook: 'after' })).calls;
  expect(call).toMatchObject({ attempts: 1, detail: 'it took longer than 0.5 s' });
  await daemon!.waitUntilAlone();
});

test('a hook is tried with a sample', async () => {
  const gate = await script('gate', `grep -q '"test":true' && echo '{"cancel": true}'`);
  await open(
    hook(`name = "gate"\n${GATE}\ncommand = ["${gate}"]`) +
      hook(`name = "notify"\nevent = "automation.paused"\nurl = "${url}"`),
  );
  expect(await daemon!.client.hooks.list()).toMatchObject([
    { name: 'gate', kind: 'command' },
    { name: 'notify', target: url },
  ]);
  expect(await daemon!.client.hooks.test('gate')).toMatchObject({
    call: { state: 'completed' },
    answer: '{"cancel": true}\n',
  });
  answers = [404];
  expect(await daemon!.client.hooks.test('notify')).toMatchObject({
    call: { state: 'failed', detail: 'a test: it answered 404' },
  });
  await expect(daemon!.client.hooks.test('nobody')).rejects.toMatchObject({ code: 'hook_not_found' });
});

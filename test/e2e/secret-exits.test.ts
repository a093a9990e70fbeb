// A planted secret goes to whom it was meant for, and out of the process by no other way: every list and every object of
// the API, the streams, the command line in every format, MCP, the page, exports, backups, errors, logs, files.
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client as McpClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROUTES } from '../../src/api/contract/route-table.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { post, signedHeaders } from '../webhooks/webhook-daemon.ts';
import { runRouseHere } from './rouse-in-process.ts';

const PLANTED = {
  vault: 'planted-in-the-vault-"4711"',
  environment: 'planted-in-the-environment-4712',
  webhook: 'planted-for-the-webhook-4713',
  pieces: 'planted-and-said-in-pieces-4714',
};

let daemon: ScratchDaemon;
let server: Server;
let told = '';
let streamed = '';
let runId = '';
let ids: Readonly<Record<string, string>>;
const streams = new AbortController();

beforeAll(async () => {
  server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => (told += chunk.toString()));
    request.on('end', () => response.writeHead(500).end(`no: ${PLANTED.environment}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  daemon = await openScratchDaemon({
    environment: {
      ...process.env,
      PLANTED_ENV: PLANTED.environment,
      PLANTED_HOOK: PLANTED.webhook,
      PLANTED_PIECES: PLANTED.pieces,
    },
    // The pauses are longer than output is gathered for, so that the pieces are entries of their own.
    config: `
[agents.talkative]
type = "command"
command = ["sh", "-c", 'cat; echo "env $A and vault $B"; echo "err $A $B" >&2; printf "in pieces: %.9s" "$C"; sleep 0.5; echo between >&2; printf %s "$C" | cut -c10-; exit 3']
env = { A = "env:PLANTED_ENV", B = "vault:automation/deep/secret", C = "env:PLANTED_PIECES" }
[[automation.jobs]]
name = "by the clock"
agent = "talkative"
prompt = "Say it."
schedule = { mode = "every", interval = "1000h" }
[[automation.triggers]]
name = "leaky"
event = "webhook"
endpoint_slug = "leaky"
webhook_id = "wbh_leaky"
webhook_secret_ref = "env:PLANTED_HOOK"
agent = "talkative"
prompt = '{{ json .Data }}'
[[hooks]]
name = "notify"
event = ["automation.run.failed", "automation.trigger.post_fire"]
url = "http://127.0.0.1:${(server.address() as AddressInfo).port}/"
secret_ref = "env:PLANTED_ENV"
`,
  });
  await daemon.client.secrets.set('deep/secret', PLANTED.vault);
  void listen('/api/stream');
  await makeItTalk();
}, 60_000);

afterAll(async () => {
  streams.abort();
  await daemon.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** One run whose webhook, agent and hook all repeat what they should not, and what there is to look at afterwards. */
async function makeItTalk(): Promise<void> {
  const { client } = daemon;
  // The sender repeats its own secret in the body: signed, believed, and still not to be shown.
  const body = JSON.stringify({ said: PLANTED.webhook, also: `x${PLANTED.environment}y` });
  await client.hooks.test('notify');
  const answer = await post(
    `${daemon.url}/api/webhooks/global/leaky--wbh_leaky`,
    body,
    signedHeaders(body, { secret: PLANTED.webhook }),
  );
  expect(answer.status).toBe(202);
  runId = answer.body.run_ids![0]!;
  void listen(`/api/automation/runs/${runId}/transcript`);
  const run = await daemon.waitForRun(({ id, status }) => id === runId && status === 'failed');
  // It really said it: the words around it are there.
  expect(JSON.stringify(run)).toContain('[redacted]');
  await daemon.waitUntil(() => told.includes('automation.run.failed') && told.includes(runId));
  await client.triggers.create({
    name: 'by hand',
    scope: 'global',
    agent_name: 'talkative',
    event: 'ext.a',
    prompt: 'Say it.',
  });
  const [{ jobs }, { triggers }, { events }, { deliveries }] = await Promise.all([
    client.jobs.list(),
    client.triggers.list(),
    client.events.list(),
    client.webhooks.deliveries(),
  ]);
  ids = {
    jobs: jobs[0]!.id,
    triggers: triggers.find(({ name }) => name === 'leaky')!.id,
    events: events.find(({ kind }) => kind === 'webhook')!.id,
    deliveries: deliveries[0]!.id,
    runs: runId,
    sessions: run.session_id!,
  };
}

async function listen(path: string): Promise<void> {
  const headers = { authorization: `Bearer ${daemon.token}`, accept: 'text/event-stream' };
  const response = await fetch(`${daemon.url}${path}`, { headers, signal: streams.signal });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body!) streamed += decoder.decode(chunk as Uint8Array, { stream: true });
  } catch {
    // Ended by the test.
  }
}

function expectNoSecret(where: string, text: string): void {
  const forms = (value: string): string[] => {
    const inJson = JSON.stringify(value).slice(1, -1);
    const twice = JSON.stringify(inJson).slice(1, -1);
    return [
      value,
      inJson,
      twice,
      encodeURIComponent(value),
      value.replaceAll('"', '&quot;'),
      Buffer.from(value).toString('base64'),
    ];
  };
  const leaks = Object.entries(PLANTED).filter(([, value]) => forms(value).some((form) => text.includes(form)));
  expect(leaks.map(([name]) => `${where} tells what was planted: ${name}`)).toEqual([]);
}

async function read(path: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(`${daemon.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${daemon.token}`, 'content-type': 'application/json' },
  });
  return { status: response.status, text: await response.text() };
}

test('the value that was said in pieces is one redaction, in the transcript and in what was streamed', async () => {
  const { entries } = await daemon.client.runs.transcript(runId);
  expect(entries.flatMap(({ kind, text }) => (kind === 'output' ? [text] : [])).join('')).toContain(
    'in pieces: [redacted]',
  );
  await daemon.waitUntil(() => streamed.includes('event: end'));
  expect(streamed).toContain('between');
  // Both the stream of everything and the run's own said it, and the run's output stands in its end.
  expect(streamed.match(/in pieces: \[redacted\]/g)?.length).toBeGreaterThanOrEqual(2);
  expectNoSecret('the streams', streamed);
});

test('no route that reads tells one', async () => {
  const paths = Object.entries(ROUTES).flatMap(([name, route]) => {
    const [method = '', path = ''] = route.split(' ');
    if (method !== 'GET' || name === 'streamHappenings') return [];
    const noun = path.split('/').find((part) => part in ids) ?? '';
    return [`/api${path.replace(/\{id\}/, ids[noun] ?? 'none').replace(/\{name\}/, 'none')}`];
  });
  expect(paths.length).toBeGreaterThan(40);
  const statuses = [];
  for (const path of paths) {
    const { status, text } = await read(path);
    expectNoSecret(`GET ${path}`, text);
    statuses.push(status);
  }
  // Most of them had something to say.
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(35);
});

test('no refusal repeats one', async () => {
  const value = JSON.stringify(PLANTED.vault);
  for (const [method, path, body] of [
    ['PUT', '/api/secrets/Not%20A%20Name', `{"value": ${value}}`],
    ['PUT', '/api/secrets/a', `{"valeu": ${value}}`],
    ['PUT', '/api/secrets/a', `{"value": ${value}`],
    ['PUT', '/api/secrets/a', value],
  ] as const) {
    const reply = await read(path, { method, body });
    expect([400, 422]).toContain(reply.status);
    expectNoSecret(`the refusal of ${method} ${path}`, reply.text);
  }
});

const variables = {
  ...process.env,
  PLANTED_ENV: PLANTED.environment,
  PLANTED_HOOK: PLANTED.webhook,
  PLANTED_PIECES: PLANTED.pieces,
};

test('no command tells one, in no format', async () => {
  const commands = [
    'status',
    'next',
    'doctor',
    'usage',
    'logs',
    'audit',
    'jobs list',
    `jobs get ${ids['jobs']}`,
    'jobs export',
    'triggers export',
    `triggers export leaky`,
    'triggers list',
    'triggers get leaky',
    `triggers runs leaky`,
    'runs list',
    `runs get ${runId}`,
    `runs transcript ${runId} --full`,
    `runs follow ${runId}`,
    'events list',
    `events get ${ids['events']}`,
    `events explain ${ids['events']}`,
    'webhooks list',
    'webhooks deliveries',
    'hooks list',
    'hooks calls',
    'secrets list',
    'agents list',
    'agents test talkative',
    'sessions list',
    `sessions transcript ${ids['sessions']} --full`,
    'config explain',
    'config check',
    'config diff',
    'workspaces list',
    'packages list',
    'tokens list',
    'nodes list',
  ];
  const ends = [];
  for (const command of commands) {
    for (const format of ['table', 'json']) {
      const words = [...command.split(' '), ...(/export|check|logs/.test(command) ? [] : ['-o', format])];
      ends.push({ command, ...(await runRouseHere(words, { home: daemon.home, variables })) });
    }
  }
  for (const { command, stdout, stderr } of ends) expectNoSecret(`rouse ${command}`, stdout + stderr);
  expect(ends.filter(({ status }) => status === 2).map(({ command, stderr }) => `${command}: ${stderr}`)).toEqual([]);
}, 60_000);

test('no tool of MCP tells one', async () => {
  const client = new McpClient({ name: 'test', version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${daemon.token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${daemon.url}/mcp`), { requestInit }));
  try {
    const { tools } = await client.listTools();
    const readers = tools.filter(({ annotations }) => annotations?.readOnlyHint === true);
    expect(readers.length).toBeGreaterThan(10);
    for (const { name, inputSchema } of readers) {
      const noun = Object.keys(ids).find((plural) => name.includes(plural.slice(0, -1))) ?? 'runs';
      const args = (inputSchema.required ?? []).includes('id') ? { id: ids[noun] } : {};
      expectNoSecret(`the tool ${name}`, JSON.stringify(await client.callTool({ name, arguments: args })));
    }
  } finally {
    await client.close();
  }
});

test('neither the page nor a backup holds one', async () => {
  for (const path of ['/', '/runs', `/runs/${runId}`, '/settings', '/api/docs', '/api/openapi.json', '/metrics']) {
    expectNoSecret(path, (await read(path)).text);
  }
  const folder = join(daemon.folder, 'copy');
  expect(await runRouseHere(['backup', '--to', folder], { home: daemon.home })).toMatchObject({ status: 0 });
  expectNoSecret('the manifest', await readFile(join(folder, 'backup.json'), 'utf8'));
  expectNoFileHolds(folder);
});

function expectNoFileHolds(folder: string): void {
  for (const value of [PLANTED.environment, PLANTED.webhook, PLANTED.pieces, 'planted-in-the-vault']) {
    const { status, stdout } = spawnSync('grep', ['-rlaF', value, folder], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, '']);
  }
}

test('neither the database nor the log nor any other file of the home holds one', async () => {
  expectNoSecret('the terminal', daemon.output);
  expectNoSecret('what the hook was told', told);
  // Also after the log was written back and the file was closed.
  await daemon.stop();
  expectNoFileHolds(daemon.home);
  const { stdout } = spawnSync('grep', ['-c', 'deep/secret', join(daemon.home, 'rouse.db')], { encoding: 'utf8' });
  // The name is there, so it is the right file that was searched.
  expect(Number(stdout)).toBeGreaterThan(0);
});

// The MCP server as agents meet it: the official client, over both transports, against a real daemon.
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { echoAgentCommand } from '../../src/testing/program-files.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';

const rouse = join(import.meta.dirname, '../../bin/rouse');

let daemon: ScratchDaemon;
beforeAll(async () => {
  daemon = await openScratchDaemon({
    environment: process.env,
    config: `
      [mcp]
      approval = "destructive"
      [agents.echo]
      type = "acp"
      command = ${JSON.stringify(echoAgentCommand())}
      [[automation.jobs]]
      name = "from-a-file"
      agent = "echo"
      prompt = "Good morning."
      schedule = { mode = "every", interval = "1000h" }
    `,
  });
});
afterAll(() => daemon.close());

const open: Client[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

/** What the person at the client answers when asked; undefined: the client cannot ask. */
type Person = { approve: boolean } | undefined;

/** A client of the protocol's current revision, or of the one before, which over HTTP cannot be asked anything. */
type Revision = 'auto' | 'legacy';

function newClient(p: { person?: Person; revision: Revision }): { client: Client; asked: string[] } {
  const { person } = p;
  const asked: string[] = [];
  const client = new Client(
    { name: 'test', version: '1' },
    {
      capabilities: person === undefined ? {} : { elicitation: { form: {} } },
      versionNegotiation: { mode: p.revision },
    },
  );
  if (person !== undefined) {
    client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(params.message);
      return { action: 'accept', content: { ...person } };
    });
  }
  open.push(client);
  return { client, asked };
}

async function overStdio(args: readonly string[] = [], person?: Person) {
  const made = newClient({ person, revision: 'legacy' });
  const env = { PATH: process.env['PATH'] ?? '', HOME: daemon.folder, ROUSE_HOME: daemon.home };
  await made.client.connect(new StdioClientTransport({ command: rouse, args: ['mcp', ...args], env, stderr: 'pipe' }));
  return made;
}

async function overHttp(p: { token?: string; person?: Person; revision?: Revision } = {}) {
  const made = newClient({ person: p.person, revision: p.revision ?? 'auto' });
  const headers = { authorization: `Bearer ${p.token ?? daemon.token}` };
  await made.client.connect(
    new StreamableHTTPClientTransport(new URL(`${daemon.url}/mcp`), { requestInit: { headers } }),
  );
  return made;
}

interface Answer {
  isError: boolean;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- replies are held against the contract where they are made
  reply: any;
}

async function call(client: Client, name: string, args: Record<string, unknown> = {}): Promise<Answer> {
  const result = await client.callTool({ name, arguments: args });
  const [first] = result.content;
  return {
    isError: result.isError === true,
    text: first?.type === 'text' ? first.text : '',
    reply: result.structuredContent,
  };
}

const job = (name: string) => ({
  scope: 'global',
  name,
  agent_name: 'echo',
  prompt: 'Say hello.',
  schedule: { mode: 'every', interval: '1000h' },
});

describe('an agent that manages its own automations', () => {
  it.each([
    ['over stdio', () => overStdio()],
    ['over HTTP', () => overHttp()],
    ['over HTTP of the revision before', () => overHttp({ revision: 'legacy' })],
  ])('creates a job, runs it, reads what was said, and why (%s)', async (transport, connect) => {
    const { client } = await connect();
    const name = `mcp-${transport.replaceAll(' ', '-').toLowerCase()}`;
    const created = await call(client, 'jobs_create', job(name));
    expect(created.isError).toBe(false);
    const { id } = created.reply.job;
    expect(created.reply.job.next_fires).toHaveLength(5);

    const started = await call(client, 'jobs_trigger', { id, wait: '30s' });
    expect(started.reply.run).toMatchObject({ status: 'completed', kind: 'manual', actor: 'user:mcp' });
    const transcript = await call(client, 'runs_transcript', { id: started.reply.run.id });
    expect(transcript.text).toContain('Say hello.');

    expect((await call(client, 'jobs_disable', { id })).reply.job.effective_enabled).toBe(false);
    const why = await call(client, 'jobs_explain', { id });
    expect(why.reply.explanation.sentence).not.toBe('');
  });

  it('lays a switch over a job of a file, and is told that the definition itself is read-only', async () => {
    const { client } = await overStdio();
    const listed = await call(client, 'jobs_list', { name: 'from-a-file' });
    const { id } = listed.reply.jobs[0];
    expect((await call(client, 'jobs_disable', { id })).reply.job).toMatchObject({ effective_enabled: false });
    expect((await call(client, 'jobs_enable', { id })).reply.job).toMatchObject({ effective_enabled: true });
    const refused = await call(client, 'jobs_update', { id, prompt: 'Other.' });
    expect(refused).toMatchObject({ isError: true });
    expect(refused.text).toContain('read_only_definition');
  });

  it('is told which field is wrong and what to do', async () => {
    const { client } = await overStdio();
    const refused = await call(client, 'jobs_create', {
      ...job('wrong'),
      schedule: { mode: 'cron', expr: '61 * * * *' },
    });
    expect(refused.isError).toBe(true);
    expect(refused.text).toContain('job.schedule.expr');
    const unknown = await call(client, 'jobs_create', { ...job('wrong'), promt: 'x' });
    expect(unknown.text).toContain('prompt');
  });
});

describe('what a tool does to the world is said', () => {
  it('marks readers as read-only and what takes away as destructive', async () => {
    const { client } = await overHttp();
    const { tools } = await client.listTools();
    const marks = new Map(tools.map((tool) => [tool.name, tool.annotations]));
    expect(marks.get('jobs_list')).toMatchObject({ readOnlyHint: true, destructiveHint: false });
    expect(marks.get('jobs_create')).toMatchObject({ readOnlyHint: false, destructiveHint: false });
    expect(marks.get('jobs_delete')).toMatchObject({ readOnlyHint: false, destructiveHint: true });
    expect(tools.find(({ name }) => name === 'jobs_delete')?.inputSchema).toMatchObject({
      required: ['id'],
      additionalProperties: false,
    });
    expect(tools.every(({ description }) => (description ?? '') !== '')).toBe(true);
  });

  it('offers nothing that changes anything with --read-only', async () => {
    const { client } = await overStdio(['--read-only']);
    const { tools } = await client.listTools();
    expect(tools.length).toBeGreaterThan(5);
    expect(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true)).toEqual([]);
  });
});

describe('where a person must approve', () => {
  it.each([
    ['stdio', (person: Person) => overStdio(['--approval', 'destructive'], person)],
    ['HTTP', (person: Person) => overHttp({ person })],
  ])('a job is deleted only when that person says so (%s)', async (transport, connect) => {
    const yes = await connect({ approve: true });
    const { id } = (await call(yes.client, 'jobs_create', job(`doomed-${transport}`))).reply.job;
    expect(yes.asked).toEqual([]);

    const no = await connect({ approve: false });
    const refused = await call(no.client, 'jobs_delete', { id });
    expect(refused.isError).toBe(true);
    expect(no.asked).toHaveLength(1);
    expect(no.asked[0]).toContain('Delete a job');
    expect((await call(yes.client, 'jobs_get', { id })).isError).toBe(false);

    expect((await call(yes.client, 'jobs_delete', { id })).isError).toBe(false);
    expect((await call(yes.client, 'jobs_get', { id })).text).toContain('job_not_found');
  });

  it.each(['auto', 'legacy'] as const)('nothing is deleted by a client that cannot ask (%s)', async (revision) => {
    const { client } = await overHttp({ revision });
    const { id } = (await call(client, 'jobs_create', job(`kept-${revision}`))).reply.job;
    const outcome = await call(client, 'jobs_delete', { id }).catch((error: unknown) => ({
      isError: true,
      text: String(error),
    }));
    expect(outcome.isError).toBe(true);
    expect((await call(client, 'jobs_get', { id })).isError).toBe(false);
  });
});

describe('strangers', () => {
  it('see no tools without the token', async () => {
    await expect(overHttp({ token: 'wrong' })).rejects.toThrow(/401|Unauthorized|unauthorized/u);
  });

  it('cannot call under another name than the daemon’s own', async () => {
    const reply = await fetch(`${daemon.url}/mcp`, {
      method: 'POST',
      headers: { authorization: `Bearer ${daemon.token}`, origin: 'http://evil.example' },
      body: '{}',
    });
    expect(reply.status).toBe(403);
  });
});

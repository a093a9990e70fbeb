// A planted secret goes to whom it was meant for, and out of the process by no other way.
import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { post, signedHeaders } from './webhook-daemon.ts';

const PLANTED = {
  vault: 'planted-in-the-vault-"4711"',
  environment: 'planted-in-the-environment-4712',
  webhook: 'planted-for-the-webhook-4713',
};

let daemon: ScratchDaemon;
let server: Server;
let told = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => (told += chunk.toString()));
    request.on('end', () => response.writeHead(500).end(`no: ${PLANTED.environment}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  daemon = await openScratchDaemon({
    environment: { ...process.env, PLANTED_ENV: PLANTED.environment, PLANTED_HOOK: PLANTED.webhook },
    config: `
[agents.talkative]
type = "command"
command = ["sh", "-c", 'cat; echo "env $A and vault $B"; echo "err $A $B" >&2; exit 3']
env = { A = "env:PLANTED_ENV", B = "vault:automation/deep/secret" }
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
});
afterAll(async () => {
  await daemon.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('of a run whose webhook, agent and hook all repeat what they should not, nothing is told', async () => {
  // The sender repeats its own secret in the body: signed, believed, and still not to be shown.
  const body = JSON.stringify({ said: PLANTED.webhook, also: `x${PLANTED.environment}y` });
  await daemon.client.hooks.test('notify');
  const answer = await post(
    `${daemon.url}/api/webhooks/global/leaky--wbh_leaky`,
    body,
    signedHeaders(body, { secret: PLANTED.webhook }),
  );
  expect(answer.status).toBe(202);
  const [runId = ''] = answer.body.run_ids!;
  const run = await daemon.waitForRun(({ id, status }) => id === runId && status === 'failed');
  // It really said it: the words around it are there.
  expect(JSON.stringify(run)).toContain('[redacted]');
  await daemon.waitUntil(async () => told.includes('automation.run.failed') && told.includes(runId));

  const { client } = daemon;
  const { events } = await client.events.list({ limit: 500 });
  const replies: unknown[] = [
    run,
    answer.text,
    events,
    await Promise.all(events.map(({ id }) => client.events.get(id))),
    await client.runs.transcript(runId),
    await client.webhooks.deliveries(),
    await client.hooks.calls(),
    await client.hooks.list(),
    await client.secrets.list(),
    await client.config.problems(),
    await client.agents.list(),
    await client.status(),
    await client.webhooks.list(),
    daemon.output,
    told,
  ];
  // Errors repeat what was wrong; here that is never the value.
  replies.push(
    await client.secrets
      .set('Not A Name', PLANTED.vault)
      .catch((error: Error) => [Object.entries(error), error.message, error.stack]),
  );
  const text = JSON.stringify(replies);
  for (const [where, value] of Object.entries(PLANTED)) {
    const escaped = JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1);
    expect([where, text.includes(value), text.includes(escaped)]).toEqual([where, false, false]);
  }
});

test('neither the database nor the log nor any other file of the home holds one', async () => {
  // Also after the log was written back and the file was closed.
  await daemon.stop();
  for (const value of [PLANTED.environment, PLANTED.webhook, 'planted-in-the-vault']) {
    const { status, stdout } = spawnSync('grep', ['-rlaF', value, daemon.home], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, '']);
  }
  const { stdout } = spawnSync('grep', ['-c', 'deep/secret', join(daemon.home, 'rouse.db')], { encoding: 'utf8' });
  // The name is there, so it is the right file that was searched.
  expect(Number(stdout)).toBeGreaterThan(0);
});

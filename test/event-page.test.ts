/** The reference page of events names every event that Rouse tells, and of each exactly the fields that are told. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { envelopeOfOccurrence } from '../src/engine/occurrence-envelope.ts';
import { hookEvent } from '../src/hooks/hook-event.ts';
import { OWN_EVENTS } from '../src/model/event-kind.ts';
import type { Run } from '../src/model/run.ts';
import { fileChangedEnvelope } from '../src/sources/file-watch/file-changed.ts';
import { deliveryData } from '../src/sources/webhook/delivery-data.ts';
import type { Occurrence } from '../src/store/activation-store.ts';

const page = await readFile(join(import.meta.dirname, '../docs/reference/events.md'), 'utf8');

it('the reference page of events names every event that Rouse tells', () => {
  for (const event of Object.keys(OWN_EVENTS)) expect(page).toContain(`\`${event}\``);
});

/** With everything that a run can have, so that every field that is ever told is told. */
const run: Run = {
  id: 'run_1',
  fire_id: 'fire_1',
  event_id: 'evt_1',
  session_id: 'ses_1',
  status: 'failed',
  kind: 'manual',
  attempt: 1,
  created_at: 1,
  scheduled_at: 1,
  started_at: 2,
  ended_at: 3,
  error: 'no',
  reason: 'timeout',
  exit_code: 1,
  actor: 'user:cli',
  output: 'so far',
  usage: { input_tokens: 1, output_tokens: 2, cost_usd: 0.5 },
  missed: { count: 2, first: 1, last: 2 },
};
const automations = [
  { id: 'job_1', kind: 'job', name: 'nightly' },
  { id: 'trg_1', kind: 'trigger', name: 'care' },
] as const;

function told(occurrences: readonly Occurrence[]): Set<string> {
  return new Set(occurrences.flatMap((occurrence) => Object.keys(envelopeOfOccurrence(occurrence).data)));
}

const ofRuns = told(
  automations.map((automation) => ({
    kind: 'run.failed',
    at: 3,
    run,
    agent_name: 'echo',
    automation,
    will_retry: true,
  })),
);
const ofSessions = told(
  automations.map((automation) => ({
    kind: 'session.stopped',
    at: 3,
    run,
    automation,
    session: {
      id: 'ses_1',
      run_id: 'run_1',
      agent_name: 'echo',
      agent_session_id: 'theirs',
      cwd: '/srv',
      started_at: 2,
      ended_at: 3,
      ...(run.usage === undefined ? {} : { usage: run.usage }),
      transcript_bytes: 0,
      transcript_truncated: false,
    },
  })),
);
const ofPauses = told(
  automations.map((automation) => ({
    kind: 'job.paused',
    at: 3,
    automation,
    error: 'off after 10',
    consecutive_failures: 10,
  })),
);
const ofTasks = told([
  {
    kind: 'task.completed',
    at: 3,
    from: { run, automation: automations[0] },
    task: {
      id: 'task_1',
      title: 'Look',
      status: 'completed',
      owner: { kind: 'pool', ref: 'reviewers' },
      network_channel: 'reviews',
      priority: 0,
      run_id: 'run_1',
      created_by: 'automation:nightly',
      created_at: 1,
      updated_at: 3,
      task_run: {
        id: 'trun_1',
        idempotency_key: 'k',
        claims: 1,
        lapses: 0,
        output: 'done',
        ended_by: 'ada',
        ended_at: 3,
      },
    },
  },
]);
const ofFiles = Object.keys(
  fileChangedEnvelope({
    id: 'evt_1',
    workspace: { id: 'ws_1', name: 'shop', path: '/srv/shop', trusted: true, created_at: 1 },
    changes: [],
    cause: undefined,
    now: 1,
  }).data,
);
const delivery = deliveryData({
  body: Buffer.from('{}'),
  kind: 'json',
  facts: { endpoint: 'e', endpoint_slug: 's', webhook_id: 'w', delivery_id: 'd', at: 1, headers: () => undefined },
  redact: (text) => text,
});
const ofHooks = Object.keys(
  hookEvent({
    call: { id: 'call_1', hook: 'tell', event: 'automation.run.failed', run_id: 'run_1', automation_id: 'job_1' },
    depth: 0,
    now: 1,
  } as Parameters<typeof hookEvent>[0]).data,
);
const ofWebhooks = delivery.ok ? Object.keys(delivery.data) : [];

/** The names in a section's lists and first columns, and those of which it says "also as". */
function named(heading: string): Set<string> {
  const section = page.slice(page.indexOf(`## ${heading}`)).split('\n## ', 1)[0] ?? '';
  const lists = section
    .split('\n')
    .slice(1)
    .flatMap((line) => (line.startsWith('|') ? [line.split('|')[1], line.split('also as')[1]] : [line]));
  const names = lists.flatMap((list) => [...(list ?? '').matchAll(/`([a-z_]+)`/g)].map(([, name]) => name ?? ''));
  return new Set(names.filter((name) => !['canceled', 'loop_guard'].includes(name)));
}

const AUTOMATION = ['id', 'kind', 'name'].map((field) => `automation_${field}`);
const asAbove = [...AUTOMATION, 'job_id', 'job_name', 'trigger_id', 'trigger_name'];

it.each([
  ['Of runs', ofRuns, []],
  ['Of sessions', ofSessions, [...asAbove, 'agent_name']],
  ['Of pauses', ofPauses, asAbove],
  ['Of tasks', ofTasks, [...AUTOMATION, 'job_id', 'job_name']],
  ['Of files', new Set(ofFiles), []],
] as const)('%s: the page has the fields that are told, and no others', (heading, fields, above) => {
  expect([...named(heading), ...above].toSorted()).toEqual([...fields].toSorted());
});

it.each([
  ['webhook', ofWebhooks],
  ['hook.<name>.completed', ofHooks],
])('%s: the page has the fields that Rouse puts there, and no others', (event, told) => {
  const start = `- \`${event}\``;
  const line = page.split('\n').find((text) => text.startsWith(start)) ?? '';
  const fields = [...line.slice(start.length).matchAll(/`([a-z_]+)`/g)].map(([, name]) => name);
  expect(fields.toSorted()).toEqual(told.toSorted());
});

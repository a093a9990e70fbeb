// Traces as a collector receives them: a real request over HTTP, its body as the protocol writes it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { HappeningBus } from '../events/happening.ts';
import type { Happening, HappeningOf } from '../events/happening.ts';
import { runIdFor } from '../model/identifiers.ts';
import type { Run } from '../model/run.ts';
import { runSpanIds, traceparentOf } from './run-trace.ts';
import { openSpanSender } from './span-sender.ts';
import { Traces } from './traces.ts';

interface WireSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status?: { code?: number; message?: string };
  links?: { traceId: string; spanId: string }[];
  attributes: { key: string; value: { stringValue?: string; intValue?: number | string } }[];
}

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Answers with `status`; resolves `received` with the spans of the first request. */
async function collector(status = 200): Promise<{ url: string; received: Promise<WireSpan[]> }> {
  const { promise: received, resolve } = Promise.withResolvers<WireSpan[]>();
  const server = createServer((incoming, outgoing) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
    incoming.on('end', () => {
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end('{}');
      const body = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: WireSpan[] }[] }[] };
      resolve(body.resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans)));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(() => new Promise((closed) => server.close(closed)));
  closing.push(() => server.closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, received };
}

function tracesTo(url: () => string | null): { bus: HappeningBus; traces: Traces; told: Happening[] } {
  const bus = new HappeningBus();
  const told: Happening[] = [];
  bus.subscribe((happening) => told.push(happening));
  const traces = new Traces({
    bus,
    now: () => 0,
    url,
    open: async (p) => openSpanSender({ ...p, version: '1.2.3', node: 'here' }),
  });
  return { bus, traces, told };
}

const at = Date.parse('2026-11-27T09:00:00.000Z');
const fireId = 'fire_a';
const run: Run = {
  id: runIdFor({ fire_id: fireId, attempt: 2 }),
  fire_id: fireId,
  job_id: 'job_a',
  event_id: 'evt_a',
  status: 'failed',
  attempt: 2,
  kind: 'schedule',
  created_at: at,
  available_at: at + 500,
  started_at: at + 1000,
  ended_at: at + 61_250,
  error: 'the agent ended with exit code 1',
  reason: 'agent_error',
  usage: { input_tokens: 1200 },
};

test('a finished run is one trace: itself, its waiting, its agent', async () => {
  const { url, received } = await collector();
  const { bus, traces } = tracesTo(() => url);
  const cause = { run_id: 'run_cause', automation_id: 'trg_a' };
  const event = { id: 'evt_a', cause } as HappeningOf<'event.accepted'>['event'];
  bus.report({ type: 'event.accepted', at, event });
  bus.report({ type: 'run.claimed', at: at + 900, run });
  bus.report({ type: 'run.finished', at: at + 61_250, run, will_retry: false });
  await traces.close();
  const [root, wait, agent, ...more] = await received;
  expect(more).toEqual([]);
  const { traceId, spanId } = runSpanIds(run.id);
  expect(root).toMatchObject({
    name: 'run schedule',
    traceId,
    spanId,
    startTimeUnixNano: `${at}000000`,
    endTimeUnixNano: `${at + 61_250}000000`,
    status: { code: 2, message: run.error },
  });
  const before = runSpanIds(runIdFor({ fire_id: fireId, attempt: 1 }));
  expect(root?.links, 'the attempt before, and what caused the event').toMatchObject([before, runSpanIds('run_cause')]);
  const attributes = Object.fromEntries(root!.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
  expect(attributes).toMatchObject({ 'rouse.run.id': run.id, 'rouse.job.id': 'job_a', 'rouse.run.status': 'failed' });
  expect(Number(attributes['gen_ai.usage.input_tokens'])).toBe(1200);
  expect(wait).toMatchObject({ name: 'wait', traceId, parentSpanId: spanId, endTimeUnixNano: `${at + 900}000000` });
  expect(agent).toMatchObject({
    name: 'agent',
    traceId,
    parentSpanId: spanId,
    startTimeUnixNano: `${at + 1000}000000`,
  });
});

test('a fire that never ran is a trace as well', async () => {
  const { url, received } = await collector();
  const { bus, traces } = tracesTo(() => url);
  bus.report({ type: 'run.created', at, run: { ...run, status: 'canceled', reason: 'overlap' } });
  bus.report({ type: 'run.created', at, run: { ...run, id: 'run_waiting', status: 'scheduled' } });
  await traces.close();
  const spans = await received;
  expect(spans.map((span) => span.traceId)).not.toContain(runSpanIds('run_waiting').traceId);
  expect(spans[0]?.traceId).toBe(runSpanIds(run.id).traceId);
});

test('a collector that refuses is told once', async () => {
  const { url, received } = await collector(400);
  const { bus, traces, told } = tracesTo(() => url);
  bus.report({ type: 'run.finished', at, run, will_retry: false });
  bus.report({ type: 'run.finished', at, run, will_retry: false });
  await traces.close();
  await received;
  expect(told.filter((happening) => happening.type === 'service.failed')).toMatchObject([{ service: 'traces' }]);
  expect(JSON.stringify(told)).not.toContain(url);
});

test('without an address nothing is opened', async () => {
  const bus = new HappeningBus();
  const traces = new Traces({
    bus,
    now: () => 0,
    url: () => null,
    open: () => Promise.reject(new Error('it was opened')),
  });
  const told: Happening[] = [];
  bus.subscribe((happening) => told.push(happening));
  bus.report({ type: 'run.finished', at, run, will_retry: false });
  await traces.close();
  expect(told.map(({ type }) => type)).toEqual(['run.finished']);
});

test('an address at which nothing can be opened is told, and another one is tried', async () => {
  const { url: right, received } = await collector();
  let url = 'http://wrong.example/v1/traces';
  const bus = new HappeningBus();
  const told: Happening[] = [];
  bus.subscribe((happening) => told.push(happening));
  const traces = new Traces({
    bus,
    now: () => 0,
    url: () => url,
    open: async (p) => {
      if (p.url !== right) throw new Error('no way there');
      return openSpanSender({ ...p, version: '1.2.3', node: 'here' });
    },
  });
  bus.report({ type: 'run.finished', at, run, will_retry: false });
  await expect.poll(() => told.map(({ type }) => type)).toContain('service.failed');
  url = right;
  bus.report({ type: 'run.finished', at, run, will_retry: false });
  await traces.close();
  expect((await received)[0]?.traceId).toBe(runSpanIds(run.id).traceId);
});

test('an agent is told which trace it belongs to', () => {
  expect(traceparentOf('run_a')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(traceparentOf('run_a')).toBe(traceparentOf('run_a'));
  expect(traceparentOf('run_a')).not.toBe(traceparentOf('run_b'));
});

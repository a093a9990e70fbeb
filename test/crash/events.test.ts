// `kill -9` right after an event was acknowledged: it is carried out after the restart, once.
import { afterEach, expect, test } from 'vitest';
import type { ApiRun } from '../../src/client/client.ts';
import { openScratchDaemon, type ScratchDaemon } from '../../src/testing/scratch-daemon.ts';
import { markerAgentToml, readExecutions } from './executions.ts';

let opened: ScratchDaemon | undefined;
afterEach(() => opened?.close());

const EVENTS = 5;
const WITHIN_MS = 60_000;

async function open(retry: string): Promise<ScratchDaemon> {
  opened = await openScratchDaemon({
    environment: process.env,
    withinMs: WITHIN_MS,
    config: `${markerAgentToml({ name: 'marker' })}
      [[automation.triggers]]
      scope = "global"
      name = "care"
      event = "ext.care"
      agent = "marker"
      prompt = "say {{ .Data.n }}"
      fire_limit = { max = 1000, window = "1h" }
      ${retry}
    `,
  });
  return opened;
}

/** The fires that were carried out. */
async function completed(daemon: ScratchDaemon): Promise<ApiRun[]> {
  return (await daemon.runs()).filter(({ status }) => status === 'completed');
}

test(
  'an event acknowledged while everything is paused is carried out after the restart, once',
  { timeout: 2 * WITHIN_MS },
  async () => {
    const daemon = await open('');
    await daemon.client.pause();
    for (let n = 0; n < EVENTS; n += 1) await daemon.client.events.send({ kind: 'ext.care', data: { n }, id: `e${n}` });
    await daemon.restart();
    // Whoever did not hear the answer asks again.
    for (let n = 0; n < EVENTS; n += 1) {
      expect((await daemon.client.events.send({ kind: 'ext.care', id: `e${n}` })).duplicate).toBe(true);
    }
    await daemon.client.resume();
    await daemon.waitUntil(async () => (await completed(daemon)).length === EVENTS);
    const executions = await readExecutions(daemon.folder);
    expect(executions).toHaveLength(EVENTS);
    expect(new Set(executions.map(({ fire_id }) => fire_id)).size).toBe(EVENTS);
    const answers = (await completed(daemon)).map(({ output }) => output?.split('\n')[0]);
    expect(answers.toSorted()).toEqual(['0', '1', '2', '3', '4']);
  },
);

test(
  'events with a kill right after every answer are all carried out in the end, and no attempt twice',
  { timeout: 2 * WITHIN_MS },
  async () => {
    const daemon = await open('retry = { strategy = "backoff", max_retries = 5, base_delay = "50ms" }');
    for (let n = 0; n < EVENTS; n += 1) {
      await daemon.client.events.send({ kind: 'ext.care', data: { n } });
      await daemon.restart();
    }
    await daemon.waitUntil(async () => new Set((await completed(daemon)).map((run) => run.fire_id)).size === EVENTS);
    const attempts = (await readExecutions(daemon.folder)).map(({ fire_id, attempt }) => `${fire_id} ${attempt}`);
    expect(new Set(attempts).size).toBe(attempts.length);
    const { events } = await daemon.client.events.list({ kind: 'ext.care' });
    expect(events.map(({ matched }) => matched)).toEqual(Array(EVENTS).fill(1));
  },
);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import type { TranscriptEntry } from '../model/session.ts';
import { Houses } from './testing/houses.ts';
import type { HouseParts, TestHouse } from './testing/test-house.ts';

const houses = new Houses({
  openStore: openSqliteStore,
  makeFolder: () => mkdtempSync(join(tmpdir(), 'rouse-engine-')),
  removeFolder: (folder) => rmSync(folder, { recursive: true }),
  clock: (startMs) => new ManualClock(startMs),
});
afterEach(() => houses.close());

const SECOND = 1000;

/** One run whose agent works, with its prompt stored already. */
async function working(parts: HouseParts = {}): Promise<TestHouse> {
  const house = await houses.start(parts);
  await house.addJob({ name: 'a', schedule: { mode: 'at', time: '2026-11-22T12:01:00Z' } });
  await house.jump(60 * SECOND);
  await house.jump(SECOND);
  return house;
}

async function stored(house: TestHouse): Promise<TranscriptEntry[]> {
  const [run] = await house.runs();
  return house.store.readTranscript({ session_id: run!.session_id!, after_seq: 0, limit: 1000 });
}

const texts = (entries: readonly TranscriptEntry[]): string[] => entries.map((entry) => entry.text);

describe('what an agent says', () => {
  test('is numbered in its order, stored in batches, and shown live after it is stored', async () => {
    const house = await working();
    house.watched.forgetCalls();
    for (let n = 0; n < 10; n += 1) house.agents.last.say(`word ${n}`);
    expect(await stored(house)).toHaveLength(1);
    await house.jump(150);
    expect(house.watched.calls.get('appendTranscript')).toBe(1);
    const entries = await stored(house);
    expect(entries.map((entry) => entry.seq)).toEqual(Array.from({ length: 11 }, (_, n) => n + 1));
    expect(house.heard('transcript.appended').flatMap((each) => each.entries)).toEqual(entries);
  });

  test('waits for company at most 150 ms, and not at all when there is plenty', async () => {
    const house = await working();
    house.agents.last.say('alone');
    await house.jump(149);
    expect(await stored(house)).toHaveLength(1);
    await house.jump(1);
    expect(await stored(house)).toHaveLength(2);
    for (let n = 0; n < 64; n += 1) house.agents.last.say(`word ${n}`);
    await house.settle();
    expect(await stored(house)).toHaveLength(66);
  });

  test('is complete when the run has ended', async () => {
    const house = await working();
    house.agents.last.say('last words');
    house.agents.last.answer();
    await house.settle();
    expect(texts(await stored(house))).toEqual(['Say hello.', 'last words', 'end_turn']);
    expect(await house.story('a')).toEqual(['completed']);
  });

  test('keeps its instants', async () => {
    const house = await working();
    house.agents.last.say('now');
    const saidAt = house.now;
    await house.jump(5 * SECOND);
    expect((await stored(house)).at(-1)?.at).toBe(saidAt);
  });
});

describe('the bound of a transcript', () => {
  test('is marked where it was reached; what follows is left out, the end is not', async () => {
    const house = await working({ transcriptBytesMax: 1000 });
    for (let n = 0; n < 20; n += 1) house.agents.last.say('x'.repeat(100));
    house.agents.last.say('short');
    house.agents.last.answer();
    await house.settle();
    const entries = await stored(house);
    expect(entries.at(-2)).toMatchObject({
      kind: 'truncated',
      text: 'The transcript reached its bound of 1000 bytes; the rest is left out.',
    });
    expect(entries.at(-1)).toMatchObject({ kind: 'stop', text: 'end_turn' });
    expect(entries.filter((entry) => entry.kind === 'truncated')).toHaveLength(1);
    const [run] = await house.runs();
    const session = await house.store.getSession({ id: run!.session_id! });
    expect(session).toMatchObject({ transcript_truncated: true });
    expect(session!.transcript_bytes).toBeLessThanOrEqual(1100);
  });

  test('counts what an entry carries besides its text', async () => {
    const house = await working({ transcriptBytesMax: 1000 });
    house.agents.last.say('call', { kind: 'tool_call', detail: { input: 'y'.repeat(2000) } });
    await house.jump(150);
    expect((await stored(house)).map((entry) => entry.kind)).toEqual(['prompt', 'truncated']);
  });
});

describe('a store that refuses', () => {
  test('is asked again without a gap or a double, said once', async () => {
    const house = await working();
    house.watched.fail('appendTranscript', { when: 'after', times: 3 });
    house.agents.last.say('one');
    await house.jump(150);
    house.agents.last.say('two');
    await house.pass(5 * SECOND);
    expect(texts(await stored(house))).toEqual(['Say hello.', 'one', 'two']);
    expect(house.heard('service.failed').map((each) => each.service)).toEqual(['transcript']);
    expect(house.heard('service.recovered').map((each) => each.service)).toEqual(['transcript']);
    const [run] = await house.runs();
    const bytes = (await house.store.getSession({ id: run!.session_id! }))!.transcript_bytes;
    expect(bytes).toBeLessThan(300);
  });

  test('what it refuses for a reason of its own does not keep the run from ending', async () => {
    const house = await working();
    house.watched.fail('appendTranscript', { error: new Error('this entry cannot be stored'), times: 1000 });
    house.agents.last.answer('All good.');
    await house.pass(10 * SECOND);
    expect((await house.runs())[0]).toMatchObject({ status: 'completed', output: 'All good.' });
  });
});

describe('secrets', () => {
  const redact = (text: string): string => text.replaceAll('hunter"2', '[redacted]');

  test('leave neither by a text, nor by the depth of a detail, nor by the answer', async () => {
    const house = await working({ redact });
    house.agents.last.say('the password is hunter"2', {
      kind: 'tool_call',
      detail: { input: { list: ['a', 'hunter"2 and more'], 'hunter"2': true, count: 2, nothing: null } },
    });
    house.agents.last.answer('hunter"2!');
    await house.settle();
    const entries = await stored(house);
    expect(entries[1]).toMatchObject({
      text: 'the password is [redacted]',
      detail: { input: { list: ['a', '[redacted] and more'], '[redacted]': true, count: 2, nothing: null } },
    });
    expect((await house.runs())[0]?.output).toBe('[redacted]!');
    expect(JSON.stringify(house.happenings)).not.toContain('hunter');
  });

  test('a detail that is nested without end is cut where nobody would read any more', async () => {
    const house = await working({ redact });
    let detail: Record<string, unknown> = { end: 'hunter"2' };
    for (let depth = 0; depth < 5000; depth += 1) detail = { detail };
    house.agents.last.say('deep', { detail });
    await house.jump(150);
    expect(JSON.stringify((await stored(house)).at(-1)?.detail)).toContain('[nested too deeply]');
  });
});

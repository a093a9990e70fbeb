/**
 * A transcript as events: what is stored, then what is said live, without a gap and without a double.
 *
 * What happens live is only a bell; every entry is read from the store, where an entry is before anybody is told of it.
 * So stored and live are one sequence, a slow client needs no buffer, and a client that comes back goes on after the
 * last `seq` that it saw.
 */
import { AppError } from '../errors/app-error.ts';
import { isFinished, type Run } from '../model/run.ts';
import type { ApiDeps } from './api-deps.ts';
import { Bell } from './bell.ts';
import { KEEP_ALIVE_MS, type ServerSentEvent } from './event-stream.ts';
import { concernsRun } from './run-end.ts';
import { toWire } from './wire.ts';

const ENTRIES_PER_READ = 200;

/** The `seq` after which a returning client goes on; undefined on its first visit. */
export function readLastEventId(headers: Headers): number | undefined {
  const id = headers.get('last-event-id')?.trim();
  if (id === undefined || id === '') return undefined;
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new AppError('malformed_request', { reason: 'Last-Event-ID takes the seq of a transcript entry' });
}

export async function* followTranscript(
  deps: Pick<ApiDeps, 'store' | 'bus' | 'clock'>,
  p: { run: Run; after: number; signal: AbortSignal },
): AsyncGenerator<ServerSentEvent, void> {
  const { store, bus, clock } = deps;
  const { signal } = p;
  const bell = new Bell(clock);
  // Before the first read: what is stored between the two rings.
  const unsubscribe = bus.subscribe((happening) => {
    if (concernsRun(happening, p.run.id)) bell.ring();
  });
  let { after } = p;
  let shownState: string | undefined;
  try {
    for (;;) {
      // The run before its entries: an ended run's entries were all stored before its end, so none can be missed.
      const run = (await store.getRun({ id: p.run.id })) ?? p.run;
      const state = `${run.status} ${run.permission?.asked_at ?? ''}`;
      if (state !== shownState && !isFinished(run.status)) yield { event: 'run', data: toWire(run) };
      shownState = state;
      for await (const entry of entriesAfter(store, { run, after, signal })) {
        yield { event: 'entry', id: String(entry.seq), data: toWire(entry) };
        after = entry.seq;
      }
      if (signal.aborted) return;
      if (isFinished(run.status)) {
        yield { event: 'end', data: toWire(run) };
        return;
      }
      const outcome = await bell.wait({ quietMs: KEEP_ALIVE_MS, signal });
      if (outcome === 'aborted') return;
      if (outcome === 'quiet') yield {};
    }
  } finally {
    unsubscribe();
  }
}

async function* entriesAfter(
  store: ApiDeps['store'],
  p: { run: Run; after: number; signal: AbortSignal },
): ReturnType<typeof readEntries> {
  if (p.run.session_id !== undefined) yield* readEntries(store, { ...p, session_id: p.run.session_id });
}

async function* readEntries(store: ApiDeps['store'], p: { session_id: string; after: number; signal: AbortSignal }) {
  let { after } = p;
  while (!p.signal.aborted) {
    const entries = await store.readTranscript({
      session_id: p.session_id,
      after_seq: after,
      limit: ENTRIES_PER_READ,
    });
    yield* entries;
    const last = entries.at(-1);
    if (last === undefined || entries.length < ENTRIES_PER_READ) return;
    after = last.seq;
  }
}

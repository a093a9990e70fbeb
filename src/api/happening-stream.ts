/**
 * Everything that happens, as events. Unlike a transcript this is kept for moments only: what a client has not taken yet
 * waits in a bounded line, and one that comes back with `Last-Event-ID` gets what it missed, or is told of the gap. A
 * client whose line is full is told so and let go.
 */
import type { ApiDeps } from './api-deps.ts';
import { Bell } from './bell.ts';
import { KEEP_ALIVE_MS, type ServerSentEvent } from './event-stream.ts';
import type { NumberedHappening, RecentHappenings } from './recent-happenings.ts';
import { toWire } from './wire.ts';

/** A page that sleeps for a moment in a busy hour stays below both. */
export const LINE_LENGTH_MAX = 1_000;
const LINE_CHARACTERS_MAX = 4 * 1024 * 1024;

/** `after`: the id of the last event that the client has, from an earlier connection. */
export async function* listenToHappenings(
  deps: Pick<ApiDeps, 'clock'> & { recent: RecentHappenings },
  p: { after: string | null; signal: AbortSignal },
): AsyncGenerator<ServerSentEvent, void> {
  const { recent, clock } = deps;
  const { after, signal } = p;
  const bell = new Bell(clock);
  let line: NumberedHappening[] = [];
  let characters = 0;
  let lost = 0;
  const unsubscribe = recent.subscribe((happening) => {
    const { length } = happening.text;
    if (lost === 0 && line.length < LINE_LENGTH_MAX && characters + length <= LINE_CHARACTERS_MAX) {
      line.push(happening);
      characters += length;
    } else {
      // One gap makes everything after it misleading, so the line ends there.
      lost += 1;
    }
    bell.ring();
  });
  try {
    // Both are read before anything else can happen: from here on nothing is missed, and nothing is told twice.
    const missed = after === null ? [] : recent.since(after);
    const { lastId } = recent;
    if (missed === undefined) yield { event: 'gap', id: lastId, data: GAP };
    // With the id of what came before the missed ones: who is cut off right here must not lose them.
    yield {
      event: 'hello',
      id: missed === undefined || after === null ? lastId : after,
      data: toWire({ at: clock.now() }),
    };
    for (const happening of missed ?? []) yield eventOf(happening, recent);
    for (;;) {
      const taken = line;
      line = [];
      characters = 0;
      for (const happening of taken) yield eventOf(happening, recent);
      if (lost > 0) {
        yield { event: 'overflow', data: overflow(lost) };
        return;
      }
      if (line.length > 0) continue;
      const outcome = await bell.wait({ quietMs: KEEP_ALIVE_MS, signal });
      if (outcome === 'aborted') return;
      if (outcome === 'quiet') yield {};
    }
  } finally {
    unsubscribe();
  }
}

function eventOf({ number, type, text }: NumberedHappening, recent: RecentHappenings): ServerSentEvent {
  return { event: type, id: recent.idOf(number), data: JSON.parse(text) as unknown };
}

const GAP = {
  code: 'events_lost',
  detail:
    'What happened since the last event of this client is no longer known; only what happens from now on follows.',
  hint: 'Read the state anew.',
};

function overflow(lost: number): { code: string; detail: string; hint: string } {
  return {
    code: 'slow_client',
    detail: `This client read too slowly; at least ${lost} events did not fit in its line and were dropped.`,
    hint: 'Read the state anew, then listen again.',
  };
}

/**
 * Everything that happens, as events. Unlike a transcript this is not kept anywhere, so what a client has not taken
 * yet waits in a bounded line; a client whose line is full is told so and let go, and can read the state anew.
 */
import type { ApiDeps } from './api-deps.ts';
import { Bell } from './bell.ts';
import { KEEP_ALIVE_MS, type ServerSentEvent } from './event-stream.ts';
import { toWire } from './wire.ts';

/** A page that sleeps for a moment in a busy hour stays below both. */
export const LINE_LENGTH_MAX = 1_000;
const LINE_CHARACTERS_MAX = 4 * 1024 * 1024;

/** In line: already as text, so that its size is known and later changes of an object cannot show. */
interface Waiting {
  event: string;
  text: string;
}

export async function* listenToHappenings(
  deps: Pick<ApiDeps, 'bus' | 'clock'>,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent, void> {
  const bell = new Bell(deps.clock);
  let line: Waiting[] = [];
  let characters = 0;
  let lost = 0;
  const unsubscribe = deps.bus.subscribe((happening) => {
    const text = JSON.stringify(toWire(happening));
    if (lost === 0 && line.length < LINE_LENGTH_MAX && characters + text.length <= LINE_CHARACTERS_MAX) {
      line.push({ event: happening.type, text });
      characters += text.length;
    } else {
      // One gap makes everything after it misleading, so the line ends there.
      lost += 1;
    }
    bell.ring();
  });
  try {
    yield { event: 'hello', data: toWire({ at: deps.clock.now() }) };
    for (;;) {
      const taken = line;
      line = [];
      characters = 0;
      for (const { event, text } of taken) yield { event, data: JSON.parse(text) as unknown };
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

function overflow(lost: number): { code: string; detail: string; hint: string } {
  return {
    code: 'slow_client',
    detail: `This client read too slowly; at least ${lost} events did not fit in its line and were dropped.`,
    hint: 'Read the state anew, then listen again.',
  };
}

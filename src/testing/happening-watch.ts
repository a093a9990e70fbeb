/**
 * Waits for what a daemon does, through its event stream. Whoever waits for a run first listens and then asks for the
 * runs that are there, so it does not matter whether the run came before or after the question.
 */
import type { Clock } from '../clock/clock.ts';
import { ApiError } from '../client/api-error.ts';
import type { ApiHappening, ApiRun, Client } from '../client/client.ts';

export interface WaitOptions {
  clock: Clock;
  /** Rejects after this time with what was seen last. */
  withinMs: number;
}

/** So many of the things seen last are in the message of a wait that was in vain. */
const TOLD_MAX = 12;

/** The first run, in any order, of which `predicate` is true. */
export async function waitForRun(
  client: Client,
  predicate: (run: ApiRun) => boolean,
  options: WaitOptions,
): Promise<ApiRun> {
  return watchUntil(client, options, {
    listed: async (signal) => {
      for await (const run of listRuns(client, signal)) if (predicate(run)) return run;
      return undefined;
    },
    happened: (happening) => ('run' in happening && predicate(happening.run) ? happening.run : undefined),
    what: 'no such run',
  });
}

/** The first happening from now on of which `predicate` is true. `onListening`: now nothing is missed any more. */
export async function waitForHappening(
  client: Client,
  predicate: (happening: ApiHappening) => boolean,
  options: WaitOptions & { onListening?: () => void },
): Promise<ApiHappening> {
  return watchUntil(client, options, {
    listed: () => {
      options.onListening?.();
      return Promise.resolve(undefined);
    },
    happened: (happening) => (predicate(happening) ? happening : undefined),
    what: 'nothing like that happened',
  });
}

/** All runs, newest first. */
export async function* listRuns(client: Client, signal?: AbortSignal): AsyncGenerator<ApiRun, void> {
  let cursor: string | undefined;
  do {
    const query = { limit: 500, ...(cursor === undefined ? {} : { cursor }) };
    const page = await client.runs.list(query, signal === undefined ? {} : { signal });
    yield* page.runs;
    cursor = page.next_cursor;
  } while (cursor !== undefined);
}

async function watchUntil<T>(
  client: Client,
  { clock, withinMs }: WaitOptions,
  p: {
    /** Asked once listening has begun. */
    listed: (signal: AbortSignal) => Promise<T | undefined>;
    happened: (happening: ApiHappening) => T | undefined;
    what: string;
  },
): Promise<T> {
  const seen: string[] = [];
  const ending = new AbortController();
  const cancel = clock.after(withinMs, () => {
    const last = seen.length === 0 ? 'nothing' : `\n  ${seen.slice(-TOLD_MAX).join('\n  ')}`;
    ending.abort(new Error(`${p.what} within ${withinMs} ms; seen last: ${last}`));
  });
  try {
    for (;;) {
      const found = await watchOnce(client, { ...p, signal: ending.signal, note: (text) => void seen.push(text) });
      if (found !== undefined) return found;
    }
  } finally {
    cancel();
    ending.abort(new Error('done'));
  }
}

/** Undefined when the daemon let this listener go because it read too slowly: then everything is asked anew. */
async function watchOnce<T>(
  client: Client,
  p: {
    listed: (signal: AbortSignal) => Promise<T | undefined>;
    happened: (happening: ApiHappening) => T | undefined;
    signal: AbortSignal;
    note: (text: string) => void;
  },
): Promise<T | undefined> {
  const ending = new AbortController();
  const signal = AbortSignal.any([p.signal, ending.signal]);
  const listening = Promise.withResolvers<undefined>();
  const streamed = (async () => {
    for await (const happening of client.stream({ signal, onListening: () => listening.resolve(undefined) })) {
      p.note(textOf(happening));
      const found = p.happened(happening);
      if (found !== undefined) return found;
    }
    throw new Error('the daemon ended the stream');
  })();
  try {
    const early = await Promise.race([listening.promise, streamed]);
    return early ?? (await p.listed(signal)) ?? (await streamed);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'slow_client') return undefined;
    throw error;
  } finally {
    // It ends by being told to; nobody is left to hear of that.
    streamed.catch(() => undefined);
    ending.abort(new Error('done'));
  }
}

function textOf(happening: ApiHappening): string {
  if (!('run' in happening)) return `${happening.at} ${happening.type}`;
  const { id, status, reason, error, attempt } = happening.run;
  return `${happening.at} ${happening.type} ${id} attempt ${attempt} ${status} ${reason ?? ''} ${error ?? ''}`;
}

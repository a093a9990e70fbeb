/** The answer to a request for a transcript, a run's or a session's: one page of it, or all of it as it comes. */
import type { z } from 'zod';
import { isFinished, type Run } from '../model/run.ts';
import type { TranscriptEntry } from '../model/session.ts';
import type { ApiDeps } from './api-deps.ts';
import type { transcriptQuery } from './contract/session.ts';
import { LIST_LIMIT_DEFAULT } from './contract/wire-text.ts';
import type { EventStreams, StreamRequest } from './event-stream.ts';
import { followTranscript, readLastEventId } from './transcript-stream.ts';
import { toWire } from './wire.ts';

export async function transcriptReply(
  deps: ApiDeps,
  streams: EventStreams,
  p: { run: Run; query: z.output<typeof transcriptQuery>; headers: Headers; stream: StreamRequest },
) {
  const { run, query, headers, stream } = p;
  const entriesOf = async (asked: { after: number; limit: number }): Promise<TranscriptEntry[]> =>
    run.session_id === undefined
      ? []
      : deps.store.readTranscript({ session_id: run.session_id, after_seq: asked.after, limit: asked.limit });
  const cursor = Number(query.cursor ?? 0);
  if (wantsEvents(headers)) {
    const seen = readLastEventId(headers);
    const after = seen ?? cursor;
    // A browser comes back after every end; 204 is what tells it that there is nothing to come back for.
    if (seen !== undefined && isFinished(run.status) && (await entriesOf({ after, limit: 1 })).length === 0) {
      return new Response(null, { status: 204 });
    }
    return streams.reply((signal) => followTranscript(deps, { run, after, signal }), stream);
  }
  const limit = query.limit ?? LIST_LIMIT_DEFAULT;
  // One more than asked says whether there is a next page.
  const read = await entriesOf({ after: cursor, limit: limit + 1 });
  const entries = read.slice(0, limit);
  const session = run.session_id === undefined ? {} : { session_id: run.session_id };
  const more = read.length > limit ? { next_cursor: String(entries.at(-1)?.seq) } : {};
  return { body: { run_id: run.id, ...session, entries: toWire(entries), ...more } };
}

function wantsEvents(headers: Headers): boolean {
  return /\btext\/event-stream\b/i.test(headers.get('accept') ?? '');
}

/** Conversations with agents: listed, read, followed. */
import { AppError } from '../../errors/app-error.ts';
import type { Session } from '../../model/session.ts';
import type { ApiDeps } from '../api-deps.ts';
import type { Handlers } from '../endpoint.ts';
import type { EventStreams } from '../event-stream.ts';
import { readBounds } from '../query.ts';
import { transcriptReply } from '../transcript-reply.ts';
import { toWire } from '../wire.ts';

type SessionHandlers = Handlers<'listSessions' | 'getSession' | 'readSessionTranscript'>;

export function sessionRoutes(deps: ApiDeps, streams: EventStreams): SessionHandlers {
  const { store, clock } = deps;
  const sessionOf = async (id: string): Promise<Session> => {
    const session = await store.getSession({ id });
    if (session === undefined) throw new AppError('session_not_found', { id });
    return session;
  };
  return {
    async listSessions({ query }) {
      const { items, next_cursor } = await store.listSessions({ query: readBounds(query, clock.now()) });
      return { body: { sessions: toWire(items), ...(next_cursor === undefined ? {} : { next_cursor }) } };
    },

    async getSession({ params }) {
      return { body: { session: toWire(await sessionOf(params.id)) } };
    },

    async readSessionTranscript({ params, query, headers, stream }) {
      const session = await sessionOf(params.id);
      const run = await store.getRun({ id: session.run_id });
      if (run === undefined) throw new AppError('session_not_found', { id: params.id });
      return transcriptReply(deps, streams, { run, query, headers, stream });
    },
  };
}

/** Runs: listed, read with what they wait for, ended, and their transcripts. */
import type { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import type { EpochMs } from '../../model/instant.ts';
import { isFinished, type Run, type RunQuery } from '../../model/run.ts';
import type { TranscriptEntry } from '../../model/session.ts';
import type { ApiDeps } from '../api-deps.ts';
import { validationFailed } from '../contract-check.ts';
import { API_BASE } from '../contract/route-table.ts';
import type { permissionAnswer, runQuery } from '../contract/run.ts';
import { LIST_LIMIT_DEFAULT } from '../contract/wire-text.ts';
import type { Handlers } from '../endpoint.ts';
import type { EventStreams } from '../event-stream.ts';
import { readWhen } from '../query.ts';
import { runView, runViews } from '../run-view.ts';
import { runWaiting } from '../run-waiting.ts';
import { followTranscript, readLastEventId } from '../transcript-stream.ts';
import { toWire } from '../wire.ts';

type RunHandlers = Handlers<'listRuns' | 'getRun' | 'cancelRun' | 'retryRun' | 'answerPermission' | 'readTranscript'>;

export function runRoutes(deps: ApiDeps, streams: EventStreams): RunHandlers {
  const { store, commands, clock } = deps;
  const readRun = async (id: string): Promise<Run> => {
    const run = await store.getRun({ id });
    if (run === undefined) throw new AppError('run_not_found', { id });
    return run;
  };
  const entriesOf = async (run: Run, p: { after: number; limit: number }): Promise<TranscriptEntry[]> =>
    run.session_id === undefined
      ? []
      : store.readTranscript({ session_id: run.session_id, after_seq: p.after, limit: p.limit });

  return {
    async listRuns({ query }) {
      const { items, next_cursor } = await store.listRuns({ query: readRunQuery(query, clock.now()) });
      return { body: { runs: await runViews(store, items), ...(next_cursor === undefined ? {} : { next_cursor }) } };
    },

    async getRun({ params }) {
      const run = await readRun(params.id);
      const waiting = await runWaiting(deps, run);
      return {
        body: {
          run: { ...(await runView(store, run)), ...(waiting === undefined ? {} : { waiting: toWire(waiting) }) },
        },
      };
    },

    async cancelRun({ params, actor }) {
      return { body: { run: await runView(store, await commands.cancelRun({ id: params.id, actor })) } };
    },

    async retryRun({ params, actor }) {
      const run = await commands.retryRun({ id: params.id, actor });
      const location = `${API_BASE}/automation/runs/${encodeURIComponent(run.id)}`;
      return { body: { run: toWire(run) }, headers: { location } };
    },

    async answerPermission({ params, body, actor }) {
      const run = await commands.answerPermission({ id: params.id, answer: readAnswer(body), actor });
      return { body: { run: toWire(run) } };
    },

    async readTranscript({ params, query, headers, stream }) {
      const run = await readRun(params.id);
      const cursor = Number(query.cursor ?? 0);
      if (wantsEvents(headers)) {
        const seen = readLastEventId(headers);
        const after = seen ?? cursor;
        // A browser comes back after every end; 204 is what tells it that there is nothing to come back for.
        if (seen !== undefined && isFinished(run.status) && (await entriesOf(run, { after, limit: 1 })).length === 0) {
          return new Response(null, { status: 204 });
        }
        return streams.reply((signal) => followTranscript(deps, { run, after, signal }), stream);
      }
      const limit = query.limit ?? LIST_LIMIT_DEFAULT;
      // One more than asked says whether there is a next page.
      const read = await entriesOf(run, { after: cursor, limit: limit + 1 });
      const entries = read.slice(0, limit);
      const session = run.session_id === undefined ? {} : { session_id: run.session_id };
      const more = read.length > limit ? { next_cursor: String(entries.at(-1)?.seq) } : {};
      return { body: { run_id: run.id, ...session, entries: toWire(entries), ...more } };
    },
  };
}

/** Exactly one of the two: of both, nobody could say which one was meant. */
function readAnswer(
  body: z.output<typeof permissionAnswer>,
): Parameters<ApiDeps['commands']['answerPermission']>[0]['answer'] {
  const { decision, option_id } = body;
  if (decision !== undefined && option_id === undefined) return { decision };
  if (decision === undefined && option_id !== undefined) return { option_id };
  const [code, message] =
    decision === undefined
      ? (['required', 'Answer with "decision" ("allow" or "deny") or with "option_id".'] as const)
      : (['conflict', 'Answer with "decision" or with "option_id", not with both.'] as const);
  throw validationFailed('answer', [{ path: 'body.decision', code, message }]);
}

function wantsEvents(headers: Headers): boolean {
  return /\btext\/event-stream\b/i.test(headers.get('accept') ?? '');
}

/** The filters with their instants read. */
export function readRunQuery(query: z.output<typeof runQuery>, now: EpochMs): RunQuery {
  const { since, until, ...rest } = query;
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...(since === undefined ? {} : { since: readWhen(since, { now, path: 'query.since' }) }),
    ...(until === undefined ? {} : { until: readWhen(until, { now, path: 'query.until' }) }),
  };
}

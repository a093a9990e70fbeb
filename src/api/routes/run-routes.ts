/** Runs: listed, read with what they wait for, ended, and their transcripts. */
import type { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import type { Run } from '../../model/run.ts';
import type { ApiDeps } from '../api-deps.ts';
import { validationFailed } from '../contract-check.ts';
import { API_BASE } from '../contract/route-table.ts';
import type { permissionAnswer } from '../contract/run.ts';
import type { Handlers } from '../endpoint.ts';
import type { EventStreams } from '../event-stream.ts';
import { readBounds } from '../query.ts';
import { runView, runViews } from '../run-view.ts';
import { runWaiting } from '../run-waiting.ts';
import { transcriptReply } from '../transcript-reply.ts';
import { toWire } from '../wire.ts';

type RunHandlers = Handlers<'listRuns' | 'getRun' | 'cancelRun' | 'retryRun' | 'answerPermission' | 'readTranscript'>;

export function runRoutes(deps: ApiDeps, streams: EventStreams): RunHandlers {
  const { store, commands, clock } = deps;
  const readRun = async (id: string): Promise<Run> => {
    const run = await store.getRun({ id });
    if (run === undefined) throw new AppError('run_not_found', { id });
    return run;
  };

  return {
    async listRuns({ query }) {
      const { items, next_cursor } = await store.listRuns({ query: readBounds(query, clock.now()) });
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
      return transcriptReply(deps, streams, { run: await readRun(params.id), query, headers, stream });
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

/**
 * A finished run as a trace: what was waited for, and what the agent took. The identifiers follow from the run's own, so
 * that whoever continues the trace (the agent, by `TRACEPARENT`) needs no other word from us, on whichever node it runs.
 */
import { defined } from '../lib/defined.ts';
import { sha256Hex } from '../lib/hash.ts';
import { runIdFor } from '../model/identifiers.ts';
import type { EpochMs } from '../model/instant.ts';
import { formatInstant } from '../model/instant.ts';
import type { Run } from '../model/run.ts';

export interface SpanIds {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
}

export interface TraceSpan {
  name: string;
  ids: SpanIds;
  parent?: SpanIds;
  /** Another trace that this one follows from. */
  links: readonly SpanIds[];
  startAt: EpochMs;
  endAt: EpochMs;
  attributes: Readonly<Record<string, string | number>>;
  /** Present where it failed. */
  error?: string;
}

/** The root of a run's trace. */
export function runSpanIds(runId: string): SpanIds {
  const hash = sha256Hex(`rouse:trace ${runId}`);
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) };
}

/** As the W3C's Trace Context writes it: version, trace, span, "sampled". */
export function traceparentOf(runId: string): string {
  const { traceId, spanId } = runSpanIds(runId);
  return `00-${traceId}-${spanId}-01`;
}

/** `claimedAt` is unknown where the claim was another process's; then there is no span for the waiting. */
export function traceOfRun(p: { run: Run; endAt: EpochMs; claimedAt?: EpochMs; causeRunId?: string }): TraceSpan[] {
  const { run, endAt, claimedAt } = p;
  const root = runSpanIds(run.id);
  const availableAt = Math.max(run.created_at, run.available_at ?? run.created_at);
  const failed = run.status === 'failed' ? { error: run.error ?? run.reason ?? 'failed' } : {};
  const spans: TraceSpan[] = [
    {
      name: `run ${run.kind}`,
      ids: root,
      links: linksOf(p),
      startAt: run.created_at,
      endAt: Math.max(endAt, run.created_at),
      attributes: attributesOf(run),
      ...failed,
    },
  ];
  const within = (name: string, startAt: EpochMs, until: EpochMs): void => {
    const spanId = sha256Hex(`rouse:span ${run.id} ${name}`).slice(0, 16);
    const span = { name, ids: { traceId: root.traceId, spanId }, parent: root, links: [], attributes: {} };
    spans.push({ ...span, startAt, endAt: Math.max(startAt, until) });
  };
  if (claimedAt !== undefined) within('wait', availableAt, claimedAt);
  if (run.started_at !== undefined) within('agent', run.started_at, endAt);
  return spans;
}

/** The attempt before, and the run that caused the event. */
function linksOf(p: { run: Run; causeRunId?: string }): SpanIds[] {
  const { run, causeRunId } = p;
  const before =
    run.attempt > 1 && run.fire_id !== undefined ? [runIdFor({ fire_id: run.fire_id, attempt: run.attempt - 1 })] : [];
  return [...before, ...(causeRunId === undefined ? [] : [causeRunId])].map(runSpanIds);
}

function attributesOf(run: Run): Record<string, string | number> {
  const { usage } = run;
  return defined<Record<string, string | number | undefined>>({
    'rouse.run.id': run.id,
    'rouse.run.kind': run.kind,
    'rouse.run.status': run.status,
    'rouse.run.reason': run.reason,
    'rouse.run.attempt': run.attempt,
    'rouse.run.scheduled_at': run.scheduled_at === undefined ? undefined : formatInstant(run.scheduled_at),
    'rouse.run.missed': run.missed?.count,
    'rouse.job.id': run.job_id,
    'rouse.trigger.id': run.trigger_id,
    'rouse.event.id': run.event_id,
    'rouse.node': run.node,
    'gen_ai.conversation.id': run.session_id,
    'gen_ai.usage.input_tokens': usage?.input_tokens,
    'gen_ai.usage.output_tokens': usage?.output_tokens,
    'rouse.usage.cost_usd': usage?.cost_usd,
    'process.exit.code': run.exit_code,
  });
}

/**
 * A happening as one line of the log: stable names, one JSON object, nothing of what agents say. Pure.
 *
 * The name of the line is the happening's type. A type that is not told apart here is logged all the same, with its
 * plain fields: a new happening must not be invisible until somebody thinks of the log.
 */
import type { Happening } from '../events/happening.ts';
import { defined } from '../lib/defined.ts';
import type { Delivery } from '../model/delivery.ts';
import type { LogLevel } from '../model/log-level.ts';
import type { Task } from '../model/task.ts';
import type { Run } from '../model/run.ts';

export interface LogLine {
  level: LogLevel;
  /** What happened; the happening's type. */
  event: string;
  fields: Record<string, string | number | boolean>;
}

/** Longer texts (an error with a whole page in it) are cut: a log is read line by line. */
const TEXT_LENGTH_MAX = 2_000;

export function logLine(happening: Happening): LogLine {
  return { level: levelOf(happening), event: happening.type, fields: fieldsOf(happening) };
}

function levelOf(happening: Happening): LogLevel {
  switch (happening.type) {
    case 'service.failed':
      return 'error';
    case 'run.finished':
      return happening.run.status === 'failed' ? 'warn' : 'info';
    case 'task.finished':
      return happening.task.status === 'failed' ? 'warn' : 'info';
    case 'delivery.refused':
    case 'automation.paused':
    case 'agent.held':
    case 'job.parked':
    case 'config.problem':
      return 'warn';
    case 'hook.called':
      return happening.state === 'completed' ? 'info' : 'warn';
    case 'config.loaded':
      return happening.problems > 0 ? 'warn' : 'info';
    // A delivery says the same, and the row of an event says more than a line could.
    case 'event.accepted':
    case 'transcript.appended':
    case 'run.claimed':
      return 'debug';
    default:
      return 'info';
  }
}

function fieldsOf(happening: Happening): LogLine['fields'] {
  const fields: LogLine['fields'] = {};
  for (const [name, value] of Object.entries(happening)) {
    if (name === 'type' || name === 'at') continue;
    if (name === 'delivery') Object.assign(fields, deliveryFields(value as Delivery));
    else if (name === 'task') Object.assign(fields, taskFields(value as Task));
    else if (name === 'run') Object.assign(fields, runFields(value as Run));
    else if (Array.isArray(value)) fields[name] = value.length;
    else if (typeof value === 'string') fields[name] = cut(value);
    else if (typeof value === 'number' || typeof value === 'boolean') fields[name] = value;
  }
  return fields;
}

/** Where it came from and what came of it; never its body. */
function deliveryFields(delivery: Delivery): LogLine['fields'] {
  const { id, endpoint, trigger_id = '', event = '', event_id = '', matched = 0 } = delivery;
  return { delivery_id: id, endpoint, trigger_id, event, event_id, matched };
}

/** Whose it is and what became of it; never what is to be done, nor what came of it. */
function taskFields(task: Task): LogLine['fields'] {
  const { id, status, run_id, job_id, created_by } = task;
  const { claimed_by, claims, lapses, error } = task.task_run;
  const known = { task_id: id, status, run_id, job_id, created_by, claimed_by, error: error && cut(error) };
  const said = Object.entries(known).filter((part): part is [string, string] => part[1] !== undefined);
  return { ...Object.fromEntries(said), claims, lapses };
}

/** What tells runs apart and says how they ended; never the prompt or the answer. */
function runFields(run: Run): LogLine['fields'] {
  const { started_at, ended_at, usage } = run;
  const parts: Record<string, string | number | undefined> = {
    run_id: run.id,
    fire_id: run.fire_id,
    job_id: run.job_id,
    trigger_id: run.trigger_id,
    session_id: run.session_id,
    event_id: run.event_id,
    kind: run.kind,
    attempt: run.attempt,
    status: run.status,
    reason: run.reason,
    error: run.error === undefined ? undefined : cut(run.error),
    actor: run.actor,
    exit_code: run.exit_code,
    missed: run.missed?.count,
    duration_ms: started_at === undefined || ended_at === undefined ? undefined : ended_at - started_at,
    input_tokens: usage?.input_tokens,
    output_tokens: usage?.output_tokens,
    cost_usd: usage?.cost_usd,
  };
  return defined(parts);
}

function cut(text: string): string {
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text;
}

/** What an executor reports while a run runs, and how it gives its slot away and gets it back. Fenced by the token. */
import type { PermissionReply } from '../../model/run.ts';
import {
  KEEP_REPLY,
  OPEN_PERMISSION_OF,
  type PermissionRow,
  REPLIES_OF,
  repliesTo,
  replyOf,
} from '../rows/permission-reply.ts';
import type { ExecutionStore } from '../execution-store.ts';
import type { Connection } from './connection.ts';
import { RunningRuns } from '../rows/running-runs.ts';
import { readRunning } from './running-runs.ts';
import type { RunningRow } from '../rows/running-runs.ts';
import { usageColumns } from '../rows/usage-columns.ts';

type Parameter<Step extends keyof ExecutionStore> = Parameters<ExecutionStore[Step]>[0];

const OF_CLAIM = `where id = ? and status = 'running' and token = ?`;

const REPORT = `update runs set input_tokens = coalesce(?, input_tokens), output_tokens = coalesce(?, output_tokens),
  cost_usd = coalesce(?, cost_usd) ${OF_CLAIM}`;

export function reportUsage(connection: Connection, p: Parameter<'reportUsage'>): { outcome: 'reported' | 'lost' } {
  const changed = connection.write(() => connection.run(REPORT, ...usageColumns(p.usage), p.run_id, p.token));
  return { outcome: changed === 0 ? 'lost' : 'reported' };
}

export function noteDeliveryError(
  connection: Connection,
  p: Parameter<'noteDeliveryError'>,
): { outcome: 'noted' | 'lost' } {
  const note = `update runs set delivery_error = ?, delivery_error_at = ? ${OF_CLAIM}`;
  const changed = connection.write(() => connection.run(note, p.error, p.now, p.run_id, p.token));
  return { outcome: changed === 0 ? 'lost' : 'noted' };
}

export function openPermission(connection: Connection, p: Parameter<'openPermission'>): { outcome: 'opened' | 'lost' } {
  const open = `update runs set permission = ?, permission_reply = null, slot = 'given' ${OF_CLAIM}`;
  const changed = connection.write(() => connection.run(open, JSON.stringify(p.permission), p.run_id, p.token));
  return { outcome: changed === 0 ? 'lost' : 'opened' };
}

export function answerPermission(
  connection: Connection,
  p: Parameter<'answerPermission'>,
): { outcome: 'kept' | 'not_open' } {
  return connection.write(() => {
    const row = connection.one<PermissionRow>(OPEN_PERMISSION_OF, p.run_id);
    if (row === undefined || !repliesTo(row, p.reply)) return { outcome: 'not_open' };
    connection.run(KEEP_REPLY, JSON.stringify(p.reply), row.seq);
    return { outcome: 'kept' };
  });
}

export function listPermissionReplies(
  connection: Connection,
  p: { node: string },
): { token: string; reply: PermissionReply }[] {
  return connection.all<{ token: string; permission_reply: string }>(REPLIES_OF, p.node).map(replyOf);
}

const SET_SLOT = 'update runs set permission = null, permission_reply = null, slot = ? where seq = ?';

export function regainSlot(
  connection: Connection,
  p: Parameter<'regainSlot'>,
): { outcome: 'regained' | 'full' | 'lost' } {
  return connection.write(() => {
    const running = new RunningRuns(readRunning(connection), { caps: p.caps, for: 'regain' });
    const find = connection.one<{ seq: number }>(`select seq from runs ${OF_CLAIM}`, p.run_id, p.token);
    const row = running.rows.find((one) => one.seq === find?.seq);
    if (row === undefined) return { outcome: 'lost' };
    if (row.slot === 'held') return { outcome: 'regained' };
    // From here on it stands before every waiting run: claims leave it the slot that becomes free.
    const slot = hasRoom(running, row) ? 'held' : 'wanted';
    if (slot !== row.slot) connection.run(SET_SLOT, slot, row.seq);
    return { outcome: slot === 'held' ? 'regained' : 'full' };
  });
}

/** A held agent keeps new runs from starting, not a conversation from going on. */
function hasRoom(running: RunningRuns, row: RunningRow): boolean {
  return !running.isFull() && !running.isAgentFull(row.agent_name) && !running.isWorkspaceFull(row.workspace_id);
}

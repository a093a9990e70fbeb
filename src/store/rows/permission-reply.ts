/** A person's answer as a column of its run: which request it is for, and the statements. */
import type { OpenPermission, PermissionReply } from '../../model/run.ts';

export interface PermissionRow {
  seq: number;
  permission: string;
}

export const OPEN_PERMISSION_OF = `select seq, permission from runs
  where id = ? and status = 'running' and permission is not null and permission_reply is null`;
export const KEEP_REPLY = 'update runs set permission_reply = ? where seq = ?';
export const REPLIES_OF = `select token, permission_reply from runs
  where status = 'running' and node = ? and permission is not null and permission_reply is not null`;

/** Whether the reply is to the request that is open in this row. */
export function repliesTo(row: PermissionRow, reply: PermissionReply): boolean {
  return (JSON.parse(row.permission) as OpenPermission).asked_at === reply.asked_at;
}

export function replyOf(row: { token: string; permission_reply: string }): { token: string; reply: PermissionReply } {
  return { token: row.token, reply: JSON.parse(row.permission_reply) as PermissionReply };
}

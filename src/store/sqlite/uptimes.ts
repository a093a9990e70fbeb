/** When daemons were at work. */
import { type Uptime, type UptimeStore, UPTIME_KEPT_MS } from '../uptime-store.ts';
import type { Connection } from './connection.ts';

const PROLONG = `update uptimes set until_at = max(until_at, ?) where instance = ? and until_at >= ?`;
const BEGIN = `insert into uptimes (instance, from_at, until_at) values (?, ?, ?) on conflict do nothing`;
const LIST = `select instance, from_at as "from", until_at as "until" from uptimes where until_at >= ?
  order by from_at, instance`;

export function noteUptime(connection: Connection, p: Parameters<UptimeStore['noteUptime']>[0]): void {
  const { now, instance, silence_ms: silenceMs } = p;
  connection.write(() => {
    connection.run('delete from uptimes where until_at < ?', now - UPTIME_KEPT_MS);
    if (connection.run(PROLONG, now, instance, now - silenceMs) === 0) connection.run(BEGIN, instance, now, now);
  });
}

export function listUptimes(connection: Connection, p: { since: number }): Uptime[] {
  return connection.all<Uptime>(LIST, p.since).map((row) => ({ ...row }));
}

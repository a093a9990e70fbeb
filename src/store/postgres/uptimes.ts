/** When daemons were at work. */
import { type Uptime, type UptimeStore, UPTIME_KEPT_MS } from '../uptime-store.ts';
import type { Connection, Database } from './database.ts';

const PROLONG = `update uptimes set until_at = greatest(until_at, ?) where instance = ? and until_at >= ?`;
const BEGIN = `insert into uptimes (instance, from_at, until_at) values (?, ?, ?) on conflict do nothing`;
const LIST = `select instance, from_at as "from", until_at as "until" from uptimes where until_at >= ?
  order by from_at, instance`;

export function noteUptime(database: Database, p: Parameters<UptimeStore['noteUptime']>[0]): Promise<void> {
  const { now, instance, silence_ms: silenceMs } = p;
  return database.write(async (connection) => {
    await connection.run('delete from uptimes where until_at < ?', now - UPTIME_KEPT_MS);
    const prolonged = await connection.run(PROLONG, now, instance, now - silenceMs);
    if (prolonged === 0) await connection.run(BEGIN, instance, now, now);
  });
}

export function listUptimes(connection: Connection, p: { since: number }): Promise<Uptime[]> {
  return connection.all<Uptime>(LIST, p.since);
}

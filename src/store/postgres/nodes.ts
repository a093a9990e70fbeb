/** The daemons that share this database. */
import type { Clock } from '../../clock/clock.ts';
import { type ClusterNode, labelText } from '../../model/node.ts';
import { type NodeStore, NODES_KEPT_MS } from '../node-store.ts';
import { nodeOf } from '../rows/node-row.ts';
import type { NodeRow } from '../rows/node-row.ts';
import { asBit } from '../rows/value.ts';
import type { Connection, Database } from './database.ts';

type Announce = Parameters<NodeStore['announceNode']>[0];
type Announced = Awaited<ReturnType<NodeStore['announceNode']>>;

const LOCK = 'select * from nodes where name = ? for update';
const ANNOUNCE = `insert into nodes
  (name, instance, version, labels, url, started_at, heartbeat_at, running, cap, draining, clock_skew_ms)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) on conflict (name) do update set instance = excluded.instance,
    version = excluded.version, labels = excluded.labels, url = excluded.url, started_at = excluded.started_at,
    heartbeat_at = excluded.heartbeat_at, running = excluded.running, cap = excluded.cap,
    clock_skew_ms = excluded.clock_skew_ms
    where nodes.instance = excluded.instance or nodes.heartbeat_at <= ?
  returning *`;

export async function announceNode(database: Database, clock: Clock, p: Announce): Promise<Announced> {
  const { now, node } = p;
  const skewMs = await measureSkew(database, clock);
  return database.write(async (connection): Promise<Announced> => {
    await connection.run('delete from nodes where heartbeat_at < ? and draining = 0', now - NODES_KEPT_MS);
    const { name, instance, version, labels, url, started_at: startedAt, running, cap } = node;
    const own = [name, instance, version, labelText(labels), url, startedAt, now, running, cap, skewMs];
    // One statement, so that of two that come at once one is told.
    const row = await connection.one<NodeRow>(ANNOUNCE, ...own, now - p.alive_ms);
    if (row !== undefined) return { outcome: 'announced', node: nodeOf(row) };
    return { outcome: 'node_name_taken', node: nodeOf((await connection.one<NodeRow>(LOCK, name))!) };
  });
}

/**
 * How far our clock is ahead of the server's. The server's clock decides nothing; but leases rest on the nodes' clocks
 * agreeing, and each one compared to the server tells them apart.
 */
async function measureSkew(connection: Connection, clock: Clock): Promise<number> {
  const before = clock.now();
  const row = await connection.one<{ at: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::bigint as at',
  );
  const after = clock.now();
  return Math.round((before + after) / 2) - (row?.at ?? after);
}

export function leaveNode(database: Database, p: { name: string; instance: string }): Promise<void> {
  return database.write(async (connection) => {
    await connection.run('delete from nodes where name = ? and instance = ? and draining = 0', p.name, p.instance);
    const left = 'update nodes set heartbeat_at = 0, running = 0 where name = ? and instance = ?';
    await connection.run(left, p.name, p.instance);
  });
}

export async function listNodes(connection: Connection): Promise<ClusterNode[]> {
  return (await connection.all<NodeRow>('select * from nodes order by name')).map(nodeOf);
}

export async function setNodeDraining(
  connection: Connection,
  p: { name: string; draining: boolean; by: string },
): Promise<Awaited<ReturnType<NodeStore['setNodeDraining']>>> {
  const row = await connection.one<NodeRow>(
    'update nodes set draining = ?, drained_by = ? where name = ? returning *',
    asBit(p.draining),
    p.draining ? p.by : null,
    p.name,
  );
  return row === undefined ? { outcome: 'not_found' } : { outcome: 'set', node: nodeOf(row) };
}

export function forgetNode(
  database: Database,
  p: Parameters<NodeStore['forgetNode']>[0],
): Promise<Awaited<ReturnType<NodeStore['forgetNode']>>> {
  return database.write(async (connection) => {
    const row = await connection.one<NodeRow>(LOCK, p.name);
    if (row === undefined) return { outcome: 'not_found' };
    if (row.heartbeat_at > p.now - p.alive_ms) return { outcome: 'alive' };
    await connection.run('delete from nodes where name = ?', p.name);
    return { outcome: 'forgotten' };
  });
}

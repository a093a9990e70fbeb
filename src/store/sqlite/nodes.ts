/** The daemons of this store; on a file there is one at a time. */
import { type ClusterNode, labelText } from '../../model/node.ts';
import { type NodeStore, NODES_KEPT_MS } from '../node-store.ts';
import { nodeOf } from '../rows/node-row.ts';
import type { NodeRow } from '../rows/node-row.ts';
import { asBit } from '../rows/value.ts';
import type { Connection } from './connection.ts';

type Announce = Parameters<NodeStore['announceNode']>[0];

const BY_NAME = 'select * from nodes where name = ?';
const ANNOUNCE = `insert into nodes (name, instance, version, labels, url, started_at, heartbeat_at, running, cap, draining)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0) on conflict (name) do update set instance = excluded.instance,
    version = excluded.version, labels = excluded.labels, url = excluded.url, started_at = excluded.started_at,
    heartbeat_at = excluded.heartbeat_at, running = excluded.running, cap = excluded.cap`;

export function announceNode(connection: Connection, p: Announce): Awaited<ReturnType<NodeStore['announceNode']>> {
  const { now, node } = p;
  return connection.write(() => {
    connection.run('delete from nodes where heartbeat_at < ? and draining = 0', now - NODES_KEPT_MS);
    const known = connection.one<NodeRow>(BY_NAME, node.name);
    if (known !== undefined && known.instance !== node.instance && known.heartbeat_at > now - p.alive_ms) {
      return { outcome: 'node_name_taken', node: nodeOf(known) };
    }
    const { name, instance, version, labels, url, started_at: startedAt, running, cap } = node;
    connection.run(ANNOUNCE, name, instance, version, labelText(labels), url, startedAt, now, running, cap);
    return { outcome: 'announced', node: nodeOf(connection.one<NodeRow>(BY_NAME, name)!) };
  });
}

export function leaveNode(connection: Connection, p: { name: string; instance: string }): void {
  connection.write(() => {
    connection.run('delete from nodes where name = ? and instance = ? and draining = 0', p.name, p.instance);
    connection.run(
      'update nodes set heartbeat_at = 0, running = 0 where name = ? and instance = ?',
      p.name,
      p.instance,
    );
  });
}

export function listNodes(connection: Connection): ClusterNode[] {
  return connection.all<NodeRow>('select * from nodes order by name').map(nodeOf);
}

export function setNodeDraining(
  connection: Connection,
  p: { name: string; draining: boolean; by: string },
): Awaited<ReturnType<NodeStore['setNodeDraining']>> {
  return connection.write(() => {
    const by = p.draining ? p.by : null;
    connection.run('update nodes set draining = ?, drained_by = ? where name = ?', asBit(p.draining), by, p.name);
    const row = connection.one<NodeRow>(BY_NAME, p.name);
    return row === undefined ? { outcome: 'not_found' } : { outcome: 'set', node: nodeOf(row) };
  });
}

export function forgetNode(
  connection: Connection,
  p: Parameters<NodeStore['forgetNode']>[0],
): Awaited<ReturnType<NodeStore['forgetNode']>> {
  return connection.write(() => {
    const row = connection.one<NodeRow>(BY_NAME, p.name);
    if (row === undefined) return { outcome: 'not_found' };
    if (row.heartbeat_at > p.now - p.alive_ms) return { outcome: 'alive' };
    connection.run('delete from nodes where name = ?', p.name);
    return { outcome: 'forgotten' };
  });
}

/** A node as a row, whichever database keeps it. */
import type { EpochMs } from '../../model/instant.ts';
import { type ClusterNode, labelsOf } from '../../model/node.ts';

export interface NodeRow {
  name: string;
  instance: string;
  version: string;
  labels: string;
  url: string;
  started_at: EpochMs;
  heartbeat_at: EpochMs;
  running: number;
  cap: number;
  draining: 0 | 1;
  drained_by: string | null;
  clock_skew_ms: number | null;
}

export function nodeOf(row: NodeRow): ClusterNode {
  const node: ClusterNode = {
    name: row.name,
    instance: row.instance,
    version: row.version,
    labels: labelsOf(row.labels),
    url: row.url,
    started_at: row.started_at,
    heartbeat_at: row.heartbeat_at,
    running: row.running,
    cap: row.cap,
    draining: row.draining === 1,
  };
  if (row.drained_by !== null) node.drained_by = row.drained_by;
  if (row.clock_skew_ms !== null) node.clock_skew_ms = row.clock_skew_ms;
  return node;
}

/**
 * The store port, chapter nodes: which daemons share this store. A node announces itself when it starts and then again
 * and again; what it announces is its heartbeat. Whose run is whose is decided by leases, not here; but a claim looks at
 * what the claiming instance announced: drained it gets nothing, and runs that ask for labels only when it has them.
 */
import type { EpochMs } from '../model/instant.ts';
import type { ClusterNode } from '../model/node.ts';

export type NodeAnnouncement = Pick<
  ClusterNode,
  'name' | 'instance' | 'version' | 'labels' | 'url' | 'started_at' | 'running' | 'cap'
>;

export interface NodeStore {
  /**
   * A sign of life. `node_name_taken` when another instance of this name gave one less than `alive_ms` ago; then
   * nothing changed. A drain outlives restarts, since it is about the machine. Nodes whose last sign is older than
   * {@link NODES_KEPT_MS} are forgotten.
   */
  announceNode(p: {
    now: EpochMs;
    node: NodeAnnouncement;
    alive_ms: number;
  }): Promise<{ outcome: 'announced'; node: ClusterNode } | { outcome: 'node_name_taken'; node: ClusterNode }>;
  /** It ended in order: its name is free at once, and it is listed no more unless it is drained. */
  leaveNode(p: { name: string; instance: string }): Promise<void>;
  /** Ordered by name. */
  listNodes(): Promise<ClusterNode[]>;
  setNodeDraining(p: {
    name: string;
    draining: boolean;
    by: string;
  }): Promise<{ outcome: 'set'; node: ClusterNode } | { outcome: 'not_found' }>;
  /** Forgets a node, its drain too. `alive` when its last sign is younger than `alive_ms`; then nothing changed. */
  forgetNode(p: {
    now: EpochMs;
    name: string;
    alive_ms: number;
  }): Promise<{ outcome: 'forgotten' | 'not_found' | 'alive' }>;
}

/** A week: who looks at a cluster on Monday wants to see what went missing on Friday. */
export const NODES_KEPT_MS = 7 * 86_400_000;

/** A daemon among several that share one store, and the labels by which automations ask for some of them. */
import type { EpochMs } from './instant.ts';

/** Letters, digits and `._/:=-`, so that a label needs no quoting anywhere; `gpu`, `eu`, `host:build-1`. */
export const NODE_LABEL = /^[A-Za-z0-9][A-Za-z0-9._/:=-]{0,62}$/;
/** More than a handful on one definition is a mistake. */
export const NODE_LABELS_MAX = 16;

/** Sorted, each once, as they are stored and compared. */
export function labelText(labels: readonly string[] | undefined): string {
  return [...new Set(labels ?? [])].toSorted().join(' ');
}

export function labelsOf(text: string): string[] {
  return text.split(' ').filter((label) => label !== '');
}

/** Those of `wanted` that are not among `present`. */
export function missingLabels(wanted: readonly string[], present: ReadonlySet<string>): string[] {
  return wanted.filter((label) => !present.has(label));
}

/** What a node can be asked for: its labels, and its name as if that were one. */
export function offeredLabels(node: Pick<ClusterNode, 'name' | 'labels'>): Set<string> {
  return new Set([...node.labels, node.name]);
}

/** Without a sign of life for as long as a lease, a node counts as gone. */
export const NODE_ALIVE_MS = 30_000;

export const NODE_STATES = ['live', 'draining', 'drained', 'silent', 'stopped'] as const;
export type NodeState = (typeof NODE_STATES)[number];

/** How a node is at `now`, as far as its signs tell. */
export function nodeStateOf(node: ClusterNode, now: EpochMs): NodeState {
  if (node.heartbeat_at === 0) return 'stopped';
  if (node.heartbeat_at <= now - NODE_ALIVE_MS) return 'silent';
  if (!node.draining) return 'live';
  return node.running > 0 ? 'draining' : 'drained';
}

export interface ClusterNode {
  /** The identity: at most one live daemon has it. */
  name: string;
  /** Which life of that daemon; runs name it as their `node`. */
  instance: string;
  version: string;
  labels: string[];
  /** Where its API listens. */
  url: string;
  started_at: EpochMs;
  /** 0: it ended in order, and is listed because it is drained. */
  heartbeat_at: EpochMs;
  /** Runs that execute there. */
  running: number;
  /** So many it executes at most, `daemon.max_concurrent_jobs`; 0 = as many as the cluster lets it. */
  cap: number;
  /** It starts nothing new; what runs goes on. */
  draining: boolean;
  drained_by?: string;
  /** How far its clock is ahead of the server's, in milliseconds; absent where they are one machine. */
  clock_skew_ms?: number;
}

/** The normalised form of whatever woke a trigger. */
import type { EpochMs } from './instant.ts';
import type { Scope } from './scope.ts';

export const ACTIVATION_SOURCES = ['observer', 'hook', 'webhook', 'extension'] as const;
export type ActivationSource = (typeof ACTIVATION_SOURCES)[number];

export interface ActivationEnvelope {
  kind: string;
  scope: Scope;
  workspace_id?: string;
  source: ActivationSource;
  data: Record<string, unknown>;
  id?: string;
  occurred_at?: EpochMs;
  /** How many runs lie between this activation and the world outside: 0 for one that no run caused. */
  depth?: number;
}

/** How a job hands its work over as a task. */
export const OWNER_KINDS = ['human', 'agent_session', 'automation', 'extension', 'network_peer', 'pool'] as const;
export type OwnerKind = (typeof OWNER_KINDS)[number];

/** Who a task belongs to; `ref` names one of the kind. */
export interface Ownership {
  kind: OwnerKind;
  ref: string;
}

export interface JobTaskConfig {
  title?: string;
  description?: string;
  owner?: Ownership;
  network_channel?: string;
}

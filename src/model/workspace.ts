/** A folder that automations may be bound to. */
import type { EpochMs } from './instant.ts';

export interface Workspace {
  id: string;
  /** Unique; what a person writes instead of the path. */
  name: string;
  /** Absolute. */
  path: string;
  /** Only a trusted workspace's own `.rouse/automation.toml` is read: a cloned repository never fires by itself. */
  trusted: boolean;
  /** The folder is there only on nodes that have all of these labels; absent: on all of them. */
  node_labels?: string[] | undefined;
  created_at: EpochMs;
}

/** A folder that automations may be bound to. */
import { z } from 'zod';
import { NODE_LABEL, NODE_LABELS_MAX } from '../../model/node.ts';
import { instantText } from './wire-text.ts';

const nodeLabels = z.array(z.string().regex(NODE_LABEL)).max(NODE_LABELS_MAX);

export const workspace = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    path: z.string().describe('Absolute.'),
    trusted: z.boolean().describe("Whether the folder's own `.rouse/automation.toml` is read."),
    node_labels: z
      .array(z.string())
      .optional()
      .describe('The folder is there only on nodes that have all of these labels; absent: on all nodes.'),
    created_at: instantText,
  })
  .meta({ id: 'Workspace' });

export const workspaceInput = z
  .strictObject({
    path: z.string().min(1).max(4096).describe('An existing folder on the machine of the daemon.'),
    name: z.string().min(1).max(200).optional().describe("The folder's own name when absent."),
    trusted: z.boolean().optional().describe('False when absent.'),
    node_labels: nodeLabels.optional().describe('As they were when absent.'),
  })
  .meta({ id: 'WorkspaceInput' });

export const workspacePatch = z
  .strictObject({
    name: z.string().min(1).max(200).optional(),
    trusted: z.boolean().optional(),
    node_labels: nodeLabels.optional().describe('An empty list takes them away.'),
  })
  .meta({ id: 'WorkspacePatch' });

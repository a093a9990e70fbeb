/** A folder that automations may be bound to. */
import { z } from 'zod';
import { instantText } from './wire-text.ts';

export const workspace = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    path: z.string().describe('Absolute.'),
    trusted: z.boolean().describe("Whether the folder's own `.rouse/automation.toml` is read."),
    created_at: instantText,
  })
  .meta({ id: 'Workspace' });

export const workspaceInput = z
  .strictObject({
    path: z.string().min(1).max(4096).describe('An existing folder on the machine of the daemon.'),
    name: z.string().min(1).max(200).optional().describe("The folder's own name when absent."),
    trusted: z.boolean().optional().describe('False when absent.'),
  })
  .meta({ id: 'WorkspaceInput' });

export const workspacePatch = z
  .strictObject({ name: z.string().min(1).max(200).optional(), trusted: z.boolean().optional() })
  .meta({ id: 'WorkspacePatch' });

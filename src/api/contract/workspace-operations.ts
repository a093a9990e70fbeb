/** What travels over the routes of workspaces; composed into operations.ts. */
import { z } from 'zod';
import { operation } from './operation.ts';
import { nextCursor, pageQuery } from './wire-text.ts';
import { workspace, workspaceInput, workspacePatch } from './workspace.ts';

export const workspaceOperations = {
  listWorkspaces: operation({
    tag: 'workspaces',
    summary: 'List the registered workspaces',
    access: 'token',
    query: pageQuery,
    reply: {
      status: 200,
      description: 'One page of workspaces, by name.',
      schema: z.strictObject({ workspaces: z.array(workspace), next_cursor: nextCursor }),
    },
    errors: ['invalid_cursor'],
  }),
  registerWorkspace: operation({
    tag: 'workspaces',
    summary: 'Register a folder',
    description: 'A folder that is registered already takes the new name and trust.',
    access: 'token',
    scopes: ['admin'],
    body: { schema: workspaceInput, judge: 'contract' },
    reply: { status: 201, description: 'The workspace.', schema: z.strictObject({ workspace }) },
    errors: ['folder_not_found', 'workspace_name_taken'],
  }),
  getWorkspace: operation({
    tag: 'workspaces',
    summary: 'Read a workspace',
    access: 'token',
    reply: { status: 200, description: 'By id or name.', schema: z.strictObject({ workspace }) },
    errors: ['workspace_not_found'],
  }),
  updateWorkspace: operation({
    tag: 'workspaces',
    summary: 'Rename a workspace, or change whether it is trusted',
    description:
      'In a trusted workspace `.rouse/automation.toml` is read, and takes effect at once. When trust ends, its definitions go.',
    access: 'token',
    scopes: ['admin'],
    body: { schema: workspacePatch, judge: 'contract' },
    reply: { status: 200, description: 'The workspace as it stands.', schema: z.strictObject({ workspace }) },
    errors: ['workspace_not_found', 'workspace_name_taken'],
  }),
  removeWorkspace: operation({
    tag: 'workspaces',
    summary: 'Forget a workspace',
    description: 'The folder itself is left alone. One that definitions are bound to is refused.',
    access: 'token',
    scopes: ['admin'],
    reply: { status: 204, description: 'It is forgotten.' },
    errors: ['workspace_not_found', 'workspace_in_use'],
  }),
};

/** Errors about workspaces, and the folders behind them. Composed into catalog.ts. */
import { entry } from './catalog-entry.ts';
import { EXIT_CODES } from './exit-code.ts';

const { not_found, conflict, invalid } = EXIT_CODES;

export const workspaceErrors = {
  workspace_not_found: entry<{ workspace: string }>({
    title: 'Workspace not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the workspaces with `rouse workspaces list`, or register the folder with `rouse workspaces add`.',
    message: ({ workspace }) => `No workspace "${workspace}" is registered.`,
  }),
  workspace_name_taken: entry<{ name: string; path: string }>({
    title: 'Workspace name taken',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Register the folder under another name with `--name`.',
    message: ({ name, path }) => `The workspace "${name}" is ${path} already.`,
  }),
  workspace_in_use: entry<{ workspace: string }>({
    title: 'Workspace in use',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Remove the automations that are bound to it first, or its folder from the files that name it.',
    message: ({ workspace }) => `Automations are bound to the workspace "${workspace}". Nothing was removed.`,
  }),
  folder_not_found: entry<{ path: string }>({
    title: 'Folder not found',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Give the path of an existing folder on the machine of the daemon.',
    message: ({ path }) => `${path} is not a folder that the daemon can read.`,
  }),
} as const;

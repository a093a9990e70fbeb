/** Errors about agents and the sessions with them. Composed into catalog.ts. */
import { entry } from './catalog-entry.ts';
import { EXIT_CODES } from './exit-code.ts';

const { not_found, invalid, unavailable } = EXIT_CODES;

export const agentErrors = {
  agent_unknown: entry<{ agent: string; suggestion?: string }>({
    title: 'Unknown agent',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Define it as `[agents.<name>]` in rouse.toml; `rouse agents detect` finds installed ones.',
    message: ({ agent, suggestion }) =>
      `No agent named "${agent}" is configured.${suggestion ? ` Did you mean "${suggestion}"?` : ''}`,
  }),
  agent_not_found: entry<{ agent: string }>({
    title: 'Agent not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the agents with `rouse agents list`.',
    message: ({ agent }) => `No agent named "${agent}" is configured.`,
  }),
  agent_unavailable: entry<{ agent: string; reason: string }>({
    title: 'Agent unavailable',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Check it with `rouse agents test`.',
    message: ({ agent, reason }) => `The agent "${agent}" cannot be started: ${reason}.`,
  }),
  worktree_unavailable: entry<{ reason: string }>({
    title: 'Worktree unavailable',
    status: 503,
    exitCode: unavailable,
    retryable: true,
    hint: 'Bind the automation to a folder in a git repository with a commit, or set worktree = false for its agent.',
    message: ({ reason }) => `The run cannot get a worktree of its own: ${reason}.`,
  }),
  session_not_found: entry<{ id: string }>({
    title: 'Session not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'A run has a session only once its agent started; transcripts are kept by the retention rules.',
    message: ({ id }) => `There is no session ${id}.`,
  }),
} as const;

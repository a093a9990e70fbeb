/**
 * Every error that Rouse tells anybody about, as data: the reference page, the API contract and the CLI are made from
 * this table. A code is permanent: it may be added, never renamed, never reused.
 *
 * A message says what happened and why; the hint says what to do next. Data is what a message needs and what a
 * program may read; instants in it are RFC 3339 text, because they are shown. Secrets never enter it.
 */
import { accessErrors } from './access-errors.ts';
import { agentErrors } from './agent-errors.ts';
import { automationErrors } from './automation-errors.ts';
import { daemonErrors } from './daemon-errors.ts';
import { homeErrors } from './home-errors.ts';
import { packageErrors } from './package-errors.ts';
import { requestErrors } from './request-errors.ts';
import { runErrors } from './run-errors.ts';
import { secretErrors } from './secret-errors.ts';
import { taskErrors } from './task-errors.ts';
import { webhookErrors } from './webhook-errors.ts';
import { workspaceErrors } from './workspace-errors.ts';

export const errorCatalog = {
  ...automationErrors,
  ...runErrors,
  ...requestErrors,
  ...accessErrors,
  ...packageErrors,
  ...agentErrors,
  ...workspaceErrors,
  ...taskErrors,
  ...webhookErrors,
  ...secretErrors,
  ...homeErrors,
  ...daemonErrors,
} as const;

export type ErrorCode = keyof typeof errorCatalog;

/** The data that an error of this code must be given. */
export type ErrorData<Code extends ErrorCode> = Parameters<(typeof errorCatalog)[Code]['message']>[0];

export const ERROR_CODES = Object.keys(errorCatalog) as readonly ErrorCode[];

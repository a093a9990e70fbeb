/** Jobs and triggers, as far as the command line treats them alike: how each is found, listed, switched and removed. */
import type { ApiJob, ApiRun, ApiTrigger, Client } from '../client/client.ts';
import { switchJob, switchTrigger } from '../client/switch-automation.ts';
import type { JobSource } from '../model/automation-fields.ts';
import type { Scope } from '../model/scope.ts';
import { findJob } from './job-reference.ts';
import { jobTable, scheduleLines } from './job-text.ts';
import type { Terminal } from './terminal.ts';
import { findTrigger } from './trigger-reference.ts';
import { triggerTable } from './trigger-text.ts';

/** What a list may be narrowed to. */
export interface AutomationQuery {
  scope?: Scope;
  source?: JobSource;
  workspace_id?: string;
  tag?: string;
  q?: string;
  event?: string;
  limit?: number;
  cursor?: string;
}

interface Page<Item> {
  items: readonly Item[];
  nextCursor: string | undefined;
}

export interface AutomationNoun<Found extends ApiJob | ApiTrigger> {
  readonly noun: 'job' | 'trigger';
  readonly plural: 'jobs' | 'triggers';
  /** A name for the examples of the help. */
  readonly example: string;
  find: (client: Client, reference: string) => Promise<Found>;
  list: (client: Client, query: AutomationQuery) => Promise<Page<Found>>;
  table: (p: { found: readonly Found[]; terminal: Terminal }) => string[];
  /** A definition of a file is not rewritten: a switch is laid over it. */
  switchTo: (client: Client, p: { found: Found; enabled: boolean }) => Promise<Found>;
  clearOverlay: (client: Client, id: string) => Promise<Found>;
  remove: (client: Client, id: string) => Promise<void>;
  runs: (client: Client, id: string, query: Parameters<Client['jobs']['runs']>[1]) => Promise<Page<ApiRun>>;
  /** What follows from a switch, said after it. */
  whatFollows: (found: Found, terminal: Terminal) => readonly string[];
}

export const jobNoun: AutomationNoun<ApiJob> = {
  noun: 'job',
  plural: 'jobs',
  example: 'weekday-review',
  find: findJob,
  async list(client, query) {
    const { jobs, next_cursor } = await client.jobs.list(query);
    return { items: jobs, nextCursor: next_cursor };
  },
  table: ({ found, terminal }) => jobTable({ jobs: found, terminal }),
  switchTo: (client, { found, enabled }) => switchJob(client, { job: found, enabled }),
  clearOverlay: async (client, id) => (await client.jobs.clearOverlay(id)).job,
  remove: (client, id) => client.jobs.remove(id),
  async runs(client, id, query) {
    const { runs, next_cursor } = await client.jobs.runs(id, query);
    return { items: runs, nextCursor: next_cursor };
  },
  whatFollows: scheduleLines,
};

export const triggerNoun: AutomationNoun<ApiTrigger> = {
  noun: 'trigger',
  plural: 'triggers',
  example: 'deploy-check',
  find: findTrigger,
  async list(client, query) {
    const { triggers, next_cursor } = await client.triggers.list(query);
    return { items: triggers, nextCursor: next_cursor };
  },
  table: ({ found, terminal }) => triggerTable({ triggers: found, terminal }),
  switchTo: (client, { found, enabled }) => switchTrigger(client, { trigger: found, enabled }),
  clearOverlay: async (client, id) => (await client.triggers.clearOverlay(id)).trigger,
  remove: (client, id) => client.triggers.remove(id),
  async runs(client, id, query) {
    const { runs, next_cursor } = await client.triggers.runs(id, query);
    return { items: runs, nextCursor: next_cursor };
  },
  whatFollows: () => [],
};

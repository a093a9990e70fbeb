/**
 * A definition as text, and back. Text that cannot be read is an ordinary value here, never an exception: one bad row
 * must not stop the batch, the list or the sync that meets it.
 */
import { type Automation, isTrigger } from '../../model/automation.ts';
import { type JobSource } from '../../model/automation-fields.ts';
import { durationMs } from '../../model/duration.ts';
import { budgetOf } from '../../model/effective.ts';
import { defaultFireLimitConfig } from '../../model/fire-limit-config.ts';
import { defaultRetryConfig } from '../../model/retry-config.ts';
import type { EpochMs } from '../../model/instant.ts';
import type { Scope } from '../../model/scope.ts';

export type AutomationKind = 'job' | 'trigger';

export function kindOf(automation: Automation): AutomationKind {
  return isTrigger(automation) ? 'trigger' : 'job';
}

/**
 * The agent whose lane the automation's waiting runs stand in. A job that hands its work over as a task wakes nobody:
 * its runs stand in the lane without an agent, whomever the definition names besides.
 */
export function laneAgentOf(automation: Automation): string {
  return !isTrigger(automation) && automation.task !== undefined ? '' : automation.agent_name;
}

/** The columns that, with the text, make up a definition. */
export interface DefinitionColumns {
  id: string;
  kind: AutomationKind;
  scope: Scope;
  workspace_id: string;
  name: string;
  source: JobSource;
  agent_name: string;
  event: string | null;
  created_at: EpochMs;
  updated_at: EpochMs;
  definition: string;
}

/** The limits of a budget on what an automation may use within a rolling window; null is none. */
export interface BudgetWindow {
  tokens: number | null;
  cost_usd: number | null;
  windowMs: number;
}

/** A definition with what the store itself needs of it, worked out once. */
export interface ReadableDefinition {
  automation: Automation;
  fireWindowMs: number;
  /** Undefined when no limit is set. */
  budget: BudgetWindow | undefined;
  unreadable?: undefined;
}

export type ReadDefinition = ReadableDefinition | { automation: Automation; unreadable: string };

/**
 * Canonical: keys sorted, times left out (they are columns). Equal definitions have equal text, whatever order their
 * author wrote the fields in.
 */
export function definitionText(automation: Automation): string {
  const { created_at: _created, updated_at: _updated, ...definition } = automation;
  return JSON.stringify(sorted(definition));
}

/** What the text must agree with. */
export type DefinitionIdentity = Pick<DefinitionColumns, 'id' | 'kind' | 'created_at' | 'updated_at'>;

export function parseDefinition(
  text: string,
  identity: DefinitionIdentity,
): ReadableDefinition | { unreadable: string } {
  let problem: string | undefined;
  try {
    const automation = JSON.parse(text) as Automation;
    problem = shapeProblem(automation, identity);
    if (problem === undefined) {
      automation.created_at = identity.created_at;
      automation.updated_at = identity.updated_at;
      return { automation, fireWindowMs: windowMs(automation.fire_limit.window), budget: budgetWindow(automation) };
    }
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  return { unreadable: `the stored definition cannot be read: ${problem}` };
}

export function readDefinition(columns: DefinitionColumns): ReadDefinition {
  const parsed = parseDefinition(columns.definition, columns);
  if (parsed.unreadable === undefined) return parsed;
  return { automation: knownOf(columns), unreadable: parsed.unreadable };
}

/** What the store itself and every decision rely on; the rest is for whoever uses it to find out. */
function shapeProblem(parsed: unknown, identity: DefinitionIdentity): string | undefined {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return 'it is not an object';
  const automation = parsed as Partial<Automation>;
  if (automation.id !== identity.id) return 'it is the definition of something else';
  if (('event' in automation ? 'trigger' : 'job') !== identity.kind) return `it is not a ${identity.kind}`;
  for (const field of ['name', 'agent_name', 'prompt', 'scope', 'source'] as const) {
    if (typeof automation[field] !== 'string') return `its ${field} is missing`;
  }
  if (typeof automation.enabled !== 'boolean') return 'its enabled is missing';
  if (typeof automation.retry?.strategy !== 'string') return 'its retry is missing';
  const limit = automation.fire_limit;
  if (typeof limit?.max !== 'number' || typeof limit.window !== 'string') return 'its fire_limit is missing';
  return undefined;
}

/** Throws when it says what cannot be counted: then nothing may start, or it would start without a limit. */
function budgetWindow(automation: Automation): BudgetWindow | undefined {
  if (automation.budget === undefined) return undefined;
  const { tokens, costUsd, windowMs } = budgetOf(automation);
  for (const limit of [tokens, costUsd]) {
    if (limit !== null && !Number.isFinite(limit)) throw new Error('its budget is not a number');
  }
  return tokens === null && costUsd === null ? undefined : { tokens, cost_usd: costUsd, windowMs };
}

/** What the columns still know, switched off, so that it can be shown, mended and deleted. */
function knownOf(columns: DefinitionColumns): Automation {
  return {
    id: columns.id,
    scope: columns.scope,
    name: columns.name,
    agent_name: columns.agent_name,
    ...(columns.workspace_id === '' ? {} : { workspace_id: columns.workspace_id }),
    prompt: '',
    enabled: false,
    retry: defaultRetryConfig(),
    fire_limit: defaultFireLimitConfig(),
    source: columns.source,
    created_at: columns.created_at,
    updated_at: columns.updated_at,
    ...(columns.kind === 'trigger' ? { event: columns.event ?? '' } : {}),
  };
}

/** What the row of a run still knows of an automation that was deleted meanwhile: enough to end the run properly. */
export function deletedAutomation(run: {
  automation_id: string;
  automation_kind: AutomationKind;
  agent_name: string;
  workspace_id: string;
  created_at: EpochMs;
}): Automation {
  const columns: DefinitionColumns = {
    id: run.automation_id,
    kind: run.automation_kind,
    scope: run.workspace_id === '' ? 'global' : 'workspace',
    workspace_id: run.workspace_id,
    name: run.automation_id,
    source: 'dynamic',
    agent_name: run.agent_name,
    event: null,
    created_at: run.created_at,
    updated_at: run.created_at,
    definition: '',
  };
  return knownOf(columns);
}

/** There are only so many spellings of a window, and the planner meets the same ones in every row. */
const windowsKnown = new Map<string, number>();
const WINDOWS_KNOWN_MAX = 1000;

function windowMs(window: string): number {
  const known = windowsKnown.get(window);
  if (known !== undefined) return known;
  const ms = durationMs(window);
  if (windowsKnown.size >= WINDOWS_KNOWN_MAX) windowsKnown.clear();
  windowsKnown.set(window, ms);
  return ms;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([key, field]) => [key, sorted(field)]));
}

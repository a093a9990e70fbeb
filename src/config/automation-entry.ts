/**
 * From `[[automation.jobs]]` and `[[automation.triggers]]` to complete definitions: names of files become names of the
 * model, workspaces become identifiers, defaults of `[automation]` are filled in, and the model's validators have the
 * last word, their problems translated back to what stands in the file.
 */
import { suggest } from '../lib/suggest.ts';
import { isBlank, trimSpace } from '../lib/go-text.ts';
import { completeJob, completeTrigger } from '../model/definition.ts';
import { jobIdFor, triggerIdFor } from '../model/identifiers.ts';
import { parseScheduleText } from '../model/schedule/schedule-text.ts';
import { SCOPES } from '../model/scope.ts';
import { jobKeys, triggerKeys } from './keys/automation-keys.ts';
import { parsePathText, pathText } from './config-path.ts';
import { ProblemList } from './problem-list.ts';
import { readTable } from './key-reader.ts';
import type { Automation } from '../model/automation.ts';
import type { AutomationSettings } from './settings.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { EpochMs } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Layer } from './key-reader.ts';
import type { Problem } from '../model/problem.ts';
import type { ScheduleSpec } from '../model/schedule/schedule-spec.ts';
import type { Scope } from '../model/scope.ts';
import type { Segment } from './config-path.ts';
import type { Trigger } from '../model/trigger.ts';
import type { Workspace } from '../model/workspace.ts';
import type { WorkspaceBook, WorkspaceFinding } from './workspace-book.ts';

/** What an entry is read against. */
export interface EntrySurroundings {
  now: EpochMs;
  book: WorkspaceBook;
  settings: AutomationSettings;
  /** Of all agents that are written down, the broken ones included. */
  agentNames: readonly string[];
  /** Whose definitions these are. */
  source: 'config' | 'package';
  /** Of a workspace's own file: what stands there belongs to this one. */
  own?: Workspace;
}

export interface AutomationReading<A extends Automation> {
  layer: Layer;
  /** Absent when anything is wrong. */
  automation?: A;
  problems: ConfigProblem[];
  /** The identifiers that this entry may mean; empty when that cannot be told. */
  ids: string[];
}

export function readJob(layer: Layer, around: EntrySurroundings): AutomationReading<Job> {
  const problems = new ProblemList();
  const { given, broken } = readTable({ fields: jobKeys, layers: [layer], problems });
  const binding = bind(layer, given, around, problems);
  const { agent, workspace: _workspace, schedule: writtenSchedule, ...rest } = given;
  const schedule = readSchedule(writtenSchedule, { layer, around, problems });
  const written = { ...rest, ...binding.fields, agent_name: agent, schedule, fire_limit: fireLimitOf(given, around) };
  const completion = completeJob(written, contextOf(around), pathText(layer.path));
  if (!completion.ok) translate(completion.problems, { layer, problems, asText: typeof writtenSchedule === 'string' });
  checkAgent(agent, { layer, around, problems });
  const ids = identifiers({ binding, name: rest.name, broken, idFor: jobIdFor });
  return readingOf({ layer, problems, ids, automation: completion.ok ? completion.automation : undefined });
}

export function readTrigger(layer: Layer, around: EntrySurroundings): AutomationReading<Trigger> {
  const problems = new ProblemList();
  const { given, broken } = readTable({ fields: triggerKeys, layers: [layer], problems });
  const binding = bind(layer, given, around, problems);
  const { agent, workspace: _workspace, ...rest } = given;
  const written = { ...rest, ...binding.fields, agent_name: agent, fire_limit: fireLimitOf(given, around) };
  const completion = completeTrigger(written, contextOf(around), pathText(layer.path));
  if (!completion.ok) translate(completion.problems, { layer, problems, asText: false });
  checkAgent(agent, { layer, around, problems });
  const ids = identifiers({ binding, name: rest.name, broken, idFor: triggerIdFor });
  return readingOf({ layer, problems, ids, automation: completion.ok ? completion.automation : undefined });
}

function readingOf<A extends Automation>(p: {
  layer: Layer;
  problems: ProblemList;
  ids: string[];
  automation: A | undefined;
}): AutomationReading<A> {
  const { layer, ids } = p;
  const problems = p.problems.all;
  return { layer, ids, problems, ...(p.automation && problems.length === 0 && { automation: p.automation }) };
}

function contextOf({ now, settings, source }: EntrySurroundings): Parameters<typeof completeJob>[1] {
  const { default_fire_limit, default_catch_up_policy, default_timeout } = settings;
  return {
    source,
    now,
    defaults: { fire_limit: default_fire_limit, catch_up_policy: default_catch_up_policy, timeout: default_timeout },
  };
}

/** Half a fire limit takes its other half from the default. */
function fireLimitOf(
  given: { fire_limit?: { max?: number; window?: string } },
  { settings }: EntrySurroundings,
): { max: number; window: string } | undefined {
  return given.fire_limit && { ...settings.default_fire_limit, ...given.fire_limit };
}

interface Binding {
  /** `scope` and `workspace_id` as the model wants them. */
  fields: { scope: Scope; workspace_id?: string };
  /** Undefined: it cannot be told. */
  workspaceId: string | undefined;
}

/** Where the entry belongs. Whoever names a workspace means it: `scope` need not be said twice. */
function bind(
  layer: Layer,
  given: { scope?: Scope; workspace?: string },
  { book, own }: EntrySurroundings,
  problems: ProblemList,
): Binding {
  if (own !== undefined) return bindToOwn(layer, given, { book, own, problems });
  const text = given.workspace;
  const isNamed = text !== undefined && !isBlank(text);
  // One that was refused was meant too; a blank one says nothing.
  const isMeant = isNamed || (text === undefined && Object.hasOwn(layer.table, 'workspace'));
  const scope = given.scope ?? (isMeant ? 'workspace' : 'global');
  if (!isNamed) return { fields: { scope }, workspaceId: undefined };
  const finding: WorkspaceFinding = book.find({ text, file: layer.source.file });
  if (finding.ok) return { fields: { scope, workspace_id: finding.workspace.id }, workspaceId: finding.workspace.id };
  problems.add({ source: layer.source, path: [...layer.path, 'workspace'] }, finding);
  return { fields: { scope }, workspaceId: finding.workspace_id };
}

/** A cloned repository that was trusted speaks for itself, not for its neighbours. */
function bindToOwn(
  layer: Layer,
  given: { scope?: Scope; workspace?: string },
  p: { book: WorkspaceBook; own: Workspace; problems: ProblemList },
): Binding {
  const refuse = (key: string): void => {
    const message = `The file belongs to the workspace ${p.own.name} and defines automations of it alone; leave "${key}" out.`;
    p.problems.add({ source: layer.source, path: [...layer.path, key] }, { code: 'foreign_workspace', message });
  };
  if (given.scope === 'global') refuse('scope');
  const text = given.workspace;
  if (text !== undefined && !isBlank(text)) {
    const finding = p.book.find({ text, file: layer.source.file });
    if (!finding.ok || finding.workspace.id !== p.own.id) refuse('workspace');
  }
  return { fields: { scope: 'workspace', workspace_id: p.own.id }, workspaceId: p.own.id };
}

/**
 * Every identity that the entry may have meant. A misspelt scope leaves both open; a workspace that cannot be told, or
 * no name at all, leaves none.
 */
function identifiers(p: {
  binding: Binding;
  name: string | undefined;
  broken: ReadonlySet<string>;
  idFor: (identity: { scope: Scope; workspace_id?: string; name: string }) => string;
}): string[] {
  const { binding, idFor } = p;
  const name = trimSpace(p.name ?? '');
  if (name === '') return [];
  const scopes = p.broken.has('scope') ? SCOPES : [binding.fields.scope];
  return scopes.flatMap((scope) => {
    if (scope === 'global') return [idFor({ scope, name })];
    return binding.workspaceId === undefined ? [] : [idFor({ scope, workspace_id: binding.workspaceId, name })];
  });
}

function readSchedule(
  written: string | object | undefined,
  p: { layer: Layer; around: EntrySurroundings; problems: ProblemList },
): ScheduleSpec | object | undefined {
  if (typeof written !== 'string') return written;
  const result = parseScheduleText(written, { timezone: p.around.settings.timezone });
  if (result.ok) return result.schedule;
  p.problems.add({ source: p.layer.source, path: [...p.layer.path, 'schedule'] }, result.problem);
  return undefined;
}

function checkAgent(
  agent: string | undefined,
  p: { layer: Layer; around: EntrySurroundings; problems: ProblemList },
): void {
  const name = trimSpace(agent ?? '');
  const { agentNames: known } = p.around;
  if (name === '' || known.includes(name)) return;
  const meant = suggest(name, known);
  const shown = JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
  let advice = `Add [agents.${/^[A-Za-z0-9_-]{1,60}$/.test(name) ? name : shown}] with its command.`;
  if (meant !== undefined) advice = `Did you mean ${JSON.stringify(meant)}?`;
  else if (known.length > 0) advice = `Defined are ${known.slice(0, 10).join(', ')}; or add another one.`;
  const path = [...p.layer.path, 'agent'];
  p.problems.add(
    { source: p.layer.source, path },
    { code: 'agent_unknown', message: `No agent is called ${shown}. ${advice}` },
  );
}

/** How files call the model's fields. */
const FILE_NAMES: Readonly<Record<string, string>> = { agent_name: 'agent', workspace_id: 'workspace' };

function translate(found: readonly Problem[], p: { layer: Layer; problems: ProblemList; asText: boolean }): void {
  const depth = p.layer.path.length;
  for (const problem of found) {
    let path: Segment[] = parsePathText(problem.path).map((segment, index) =>
      index === depth && typeof segment === 'string' ? (FILE_NAMES[segment] ?? segment) : segment,
    );
    if (p.asText && path[depth] === 'schedule') path = path.slice(0, depth + 1);
    if (!p.problems.has(path)) p.problems.add({ source: p.layer.source, path }, problem);
  }
}

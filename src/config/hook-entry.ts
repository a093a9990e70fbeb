/** From `[[hooks]]` and `[[watch]]` to what the daemon runs and watches. */
import { hookKeys, watchKeys } from './keys/hook-keys.ts';
import { readTable, withDefaults } from './key-reader.ts';
import type { EntryLayers } from './key-reader.ts';
import type { HookEvent } from '../model/hook.ts';
import type { ProblemList } from './problem-list.ts';
import type { WorkspaceBook } from './workspace-book.ts';

export interface HookDefinition {
  /** Unique. */
  name: string;
  events: HookEvent[];
  /** Program and arguments; empty when `url` is given. */
  command: string[];
  url: string;
  secret_ref: string;
  timeout_ms: number;
  /** Absent fields match everything. */
  match: { agent_name?: string; workspace_id?: string; automation?: string };
}

export interface WatchDefinition {
  workspace_id: string;
  /** Patterns relative to the workspace's folder. */
  paths: string[];
  debounce_ms: number;
}

/** Undefined when anything about the entry is wrong; then `problems` has grown. */
export function readHook(
  entry: EntryLayers,
  p: { problems: ProblemList; book: WorkspaceBook },
): HookDefinition | undefined {
  const { problems, book } = p;
  const layer = entry.layers[0]!;
  const before = problems.all.length;
  const { given } = readTable({ fields: hookKeys, layers: entry.layers, problems });
  const values = withDefaults(hookKeys, given);
  const refuse = (key: string, code: 'required' | 'conflict', message: string): void => {
    const path = [...layer.path, key];
    if (!problems.has(path)) problems.add({ source: layer.source, path }, { code, message });
  };
  const name = (values.name ?? '').trim();
  if (name === '') refuse('name', 'required', 'A hook needs a name.');
  if (values.event === undefined)
    refuse('event', 'required', 'A hook needs the event it runs at, such as "automation.run.failed".');
  const hasCommand = (values.command[0] ?? '').trim() !== '';
  if (hasCommand && values.url !== '') refuse('url', 'conflict', 'A hook has a command or a url, not both.');
  if (!hasCommand && values.url === '') refuse('command', 'required', 'A hook needs a command or a url.');
  if (values.secret_ref !== '' && values.url === '')
    refuse('secret_ref', 'conflict', 'Only a hook with a url is signed.');
  const match = readMatch(values.match, { layer, problems, book });
  if (problems.all.length > before) return undefined;
  const { command, url, secret_ref } = values;
  return { name, events: values.event!, command, url, secret_ref, timeout_ms: values.timeout, match };
}

function readMatch(
  match: { agent: string; workspace: string; automation: string },
  p: { layer: EntryLayers['layers'][number]; problems: ProblemList; book: WorkspaceBook },
): HookDefinition['match'] {
  const found: HookDefinition['match'] = {};
  if (match.agent !== '') found.agent_name = match.agent;
  if (match.automation !== '') found.automation = match.automation;
  if (match.workspace !== '') {
    const finding = p.book.find({ text: match.workspace, file: p.layer.source.file });
    if (finding.ok) found.workspace_id = finding.workspace.id;
    else p.problems.add({ source: p.layer.source, path: [...p.layer.path, 'match', 'workspace'] }, finding);
  }
  return found;
}

/** The name that an entry claims, also when the rest of it is wrong. */
export function hookNameOf(entry: EntryLayers): string | undefined {
  const name = entry.layers[0]!.table['name'];
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : undefined;
}

/** Undefined when anything about the entry is wrong; then `problems` has grown. */
export function readWatch(
  entry: EntryLayers,
  p: { problems: ProblemList; book: WorkspaceBook },
): WatchDefinition | undefined {
  const { problems, book } = p;
  const layer = entry.layers[0]!;
  const before = problems.all.length;
  const { given } = readTable({ fields: watchKeys, layers: entry.layers, problems });
  const values = withDefaults(watchKeys, given);
  for (const [key, message] of [
    ['workspace', 'A watch needs the workspace whose files it watches.'],
    ['paths', 'A watch needs at least one pattern, such as "src/**/*.ts".'],
  ] as const) {
    const path = [...layer.path, key];
    if (values[key] === undefined && !problems.has(path)) {
      problems.add({ source: layer.source, path }, { code: 'required', message });
    }
  }
  if (problems.all.length > before) return undefined;
  const finding = book.find({ text: values.workspace!, file: layer.source.file });
  if (!finding.ok) {
    problems.add({ source: layer.source, path: [...layer.path, 'workspace'] }, finding);
    return undefined;
  }
  return { workspace_id: finding.workspace.id, paths: values.paths!, debounce_ms: values.debounce };
}

/**
 * Files that are not the owner's own and count all the same: `.rouse/automation.toml` of each trusted workspace, and the
 * `rouse-package.toml` of each package that was added. A cloned repository is neither until somebody says so.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { PackageRecord } from '../model/package-record.ts';
import type { Workspace } from '../model/workspace.ts';
import type { ConfigFiles } from './config-files.ts';
import type { ConfigProblem } from './config-problem.ts';
import { packageKeys, workspaceFileKeys } from './keys/guest-keys.ts';
import { type EntryLayers, readTable } from './key-reader.ts';
import type { ProblemList } from './problem-list.ts';
import { digestOf, readSourceFile, type SourceFile } from './source-file.ts';

export const WORKSPACE_FILE = join('.rouse', 'automation.toml');
export const PACKAGE_FILE = 'rouse-package.toml';

export interface Guest {
  file: string;
  /** Whose file it is; a package's otherwise. */
  workspace?: Workspace;
}

/** Those that are in effect, as they were read. */
export interface GuestSources {
  sources: { guest: Guest; source: SourceFile }[];
  found: string[];
  unreadable: string[];
  stale: ReadonlySet<string>;
  incomplete: boolean;
  digest: string;
  problems: ConfigProblem[];
}

export function guestsOf(p: { workspaces: readonly Workspace[]; packages: readonly PackageRecord[] }): Guest[] {
  const trusted = p.workspaces.filter((workspace) => workspace.trusted);
  return [
    ...trusted.map((workspace) => ({ file: join(workspace.path, WORKSPACE_FILE), workspace })),
    ...p.packages.map(({ path }) => ({ file: join(path, PACKAGE_FILE) })),
  ];
}

export async function readGuests(p: {
  guests: readonly Guest[];
  files: ConfigFiles;
  previous: GuestSources | undefined;
}): Promise<GuestSources> {
  const result = {
    sources: [] as GuestSources['sources'],
    found: [] as string[],
    unreadable: [] as string[],
    stale: new Set<string>(),
    incomplete: false,
    problems: [] as ConfigProblem[],
  };
  const hash = createHash('sha256');
  for (const guest of p.guests) {
    const { file } = guest;
    const reading = await readSourceFile({ file, files: p.files });
    hash.update(`${file}\0${reading.digest}\0`);
    // A workspace may have none; a package without its manifest is one whose folder is not there right now.
    if (reading.outcome === 'missing' && guest.workspace !== undefined) continue;
    if (reading.outcome === 'read') {
      result.found.push(file);
      result.sources.push({ guest, source: reading.source });
      continue;
    }
    result.problems.push(reading.outcome === 'missing' ? goneProblem(file) : reading.problem);
    result.unreadable.push(file);
    const before = p.previous?.sources.find(({ source }) => source.file === file);
    if (before === undefined) result.incomplete = true;
    else {
      result.sources.push({ guest, source: before.source });
      result.stale.add(file);
    }
  }
  return { ...result, digest: hash.digest('hex') };
}

/** The same value as {@link GuestSources.digest} of the same files, without parsing them. */
export async function digestGuests(p: { guests: readonly Guest[]; files: ConfigFiles }): Promise<string> {
  const hash = createHash('sha256');
  for (const { file } of p.guests) hash.update(`${file}\0${digestOf(await p.files.read(file))}\0`);
  return hash.digest('hex');
}

function goneProblem(file: string): ConfigProblem {
  const message =
    'The package is not there any more; what it defined stays as it was. Bring it back, or take it out with `rouse packages remove`.';
  return { file, path: '', code: 'package_missing', message };
}

/** One definition of a guest. */
export interface GuestEntry {
  guest: Guest;
  entry: EntryLayers;
}

export interface GuestEntries {
  jobs: GuestEntry[];
  triggers: GuestEntry[];
  hooks: EntryLayers[];
  /** A list is something else, so which definitions stood in it cannot be told. */
  broken: boolean;
  /** As `TableReading.entries` has them, of all guests. */
  byList: Map<string, EntryLayers[]>;
}

export function guestEntries(sources: GuestSources['sources'], problems: ProblemList): GuestEntries {
  const all: GuestEntries = { jobs: [], triggers: [], hooks: [], broken: false, byList: new Map() };
  const take = (list: string, entries: readonly EntryLayers[]): void => {
    all.byList.set(list, [...(all.byList.get(list) ?? []), ...entries]);
  };
  for (const { guest, source } of sources) {
    const layers = [{ source, table: source.table, path: [] }];
    const isWorkspace = guest.workspace !== undefined;
    const { entries, broken } = isWorkspace
      ? readTable({ fields: workspaceFileKeys, layers, problems })
      : readTable({ fields: packageKeys, layers, problems });
    const prefix = isWorkspace ? 'automation.' : '';
    const jobs = entries.get(`${prefix}jobs`) ?? [];
    const triggers = entries.get(`${prefix}triggers`) ?? [];
    const hooks = isWorkspace ? [] : (entries.get('hooks') ?? []);
    all.jobs.push(...jobs.map((entry) => ({ guest, entry })));
    all.triggers.push(...triggers.map((entry) => ({ guest, entry })));
    all.hooks.push(...hooks);
    all.broken ||= [`${prefix}jobs`, `${prefix}triggers`, 'automation'].some((path) => broken.has(path));
    take('automation.jobs', jobs);
    take('automation.triggers', triggers);
    take('hooks', hooks);
  }
  return all;
}

/**
 * From the files of a home to everything they define. The parent of the steps; each of them reads one kind of thing.
 *
 * Whatever is wrong stays where it is: a broken entry is left out and told about, a broken setting keeps its last good
 * value, a file that cannot be read keeps what it said before. Nothing throws, nothing is logged, and the only things
 * asked from outside are the files.
 */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { agentNames, bareSecretNames, readAgent } from './agent-entry.ts';
import { boundProblems } from './config-problem.ts';
import { configKeys } from './keys/config-keys.ts';
import { explainEntries, originsOf } from './entry-explanation.ts';
import { nodeConfigFiles } from './config-files.ts';
import { hookNameOf, readHook, readWatch } from './hook-entry.ts';
import { type Guest, type GuestEntry, guestEntries, guestsOf, readGuests, type GuestSources } from './guest-files.ts';
import { ProblemList, spotText } from './problem-list.ts';
import { readJob, readTrigger } from './automation-entry.ts';
import { readSettings } from './setting-reader.ts';
import { fingerprintOf, readSources } from './config-sources.ts';
import { secretUses } from './secret-use.ts';
import { readTable } from './key-reader.ts';
import { settingsOf } from './settings.ts';
import { WorkspaceBook } from './workspace-book.ts';
import type { AgentDefinition } from '../model/agent.ts';
import type { Automation } from '../model/automation.ts';
import type { AutomationReading, EntrySurroundings } from './automation-entry.ts';
import type { ConfigFiles } from './config-files.ts';
import type { ConfigProblem } from './config-problem.ts';
import type { ConfigSources } from './config-sources.ts';
import type { EffectiveValue } from './effective-value.ts';
import type { EntryLayers, Layer } from './key-reader.ts';
import type { EpochMs } from '../model/instant.ts';
import type { HookDefinition, WatchDefinition } from './hook-entry.ts';
import type { Job } from '../model/job.ts';
import type { Origin } from './origin.ts';
import type { PackageRecord } from '../model/package-record.ts';
import type { SecretUse } from './secret-use.ts';
import type { SettingReading } from './setting-reader.ts';
import type { Settings } from './settings.ts';
import type { Spot } from './problem-list.ts';
import type { Trigger } from '../model/trigger.ts';
import type { Workspace } from '../model/workspace.ts';
import type { WorkspaceReference } from './workspace-book.ts';

export interface LoadConfigParams {
  /** Absolute or relative to the working folder. */
  home: string;
  /** Stamped on the definitions; nothing else depends on it. */
  now: EpochMs;
  /** Those that are registered already. */
  workspaces: readonly Workspace[];
  /** Those that were added. */
  packages?: readonly PackageRecord[];
  /** What was in effect before, for settings, agents, hooks and files that are broken now. */
  previous?: LoadedConfig;
  files?: ConfigFiles;
  environment?: Readonly<Record<string, string | undefined>>;
  /** Values from the command line by path, such as `{ 'daemon.port': 7718 }`. */
  flags?: Readonly<Record<string, string | number>>;
  /** What `~` stands for. */
  userHome?: string;
}

export interface LoadedConfig extends Settings {
  home: string;
  /** The files that were there, in the order in which they were read. */
  files: string[];
  /** Those of them that are not in effect as they stand: not TOML, not readable, too large. */
  unreadable_files: string[];
  /** Changes with every change of any file's content; what a `ConfigWatcher` compares. */
  fingerprint: string;
  agents: AgentDefinition[];
  /** Complete, with derived ids and source `config`, or `package` for those of packages. */
  jobs: Job[];
  triggers: Trigger[];
  hooks: HookDefinition[];
  watch: WatchDefinition[];
  /** Folders that the files mention and nobody registered yet. Untrusted. */
  workspaces_to_register: Workspace[];
  problems: ConfigProblem[];
  /** Worth a word, but not wrong: a missing file, a key that looks like a bare secret. */
  notes: ConfigProblem[];
  /** Automations that stand in the files but are broken there: their last good versions stay. */
  keep_ids: string[];
  /** No automation may be deleted because it is not in this result: a file, or an entry's identity, cannot be read. */
  keep_all: boolean;
  /** Where every effective value comes from, by its path in `explainConfig`. Made when first asked for. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** What explanation and the next load need of this one. */
  readonly details: LoadDetails;
}

interface LoadDetails {
  sources: ConfigSources;
  /** Files that are not the owner's own and count all the same, whether they are there or not. */
  guests: readonly Guest[];
  guestSources: GuestSources;
  settings: SettingReading;
  /** Where the name of each good automation stands, by its id. */
  names: ReadonlyMap<string, Spot>;
  /** Every secret reference that was written, and where. */
  secretUses: readonly SecretUse[];
  /** Every effective value of everything that took effect. */
  effective(): EffectiveValue[];
}

export async function loadConfig(params: LoadConfigParams): Promise<LoadedConfig> {
  const { now, previous, files = nodeConfigFiles(), environment = {}, flags = {}, userHome = homedir() } = params;
  const home = resolve(params.home);
  const sources = await readSources({ home, files, previous: previous?.details.sources });
  const guests = guestsOf({ workspaces: params.workspaces, packages: params.packages ?? [] });
  const guestSources = await readGuests({ guests, files, previous: previous?.details.guestSources });
  const problems = new ProblemList();
  const layers: Layer[] = sources.files.map((source) => ({ source, table: source.table, path: [] }));
  const reading = readTable({ fields: configKeys, layers, problems });
  const settings = readSettings({ ...reading, environment, flags, previous: previous?.details.settings });

  const foreign = guestEntries(guestSources.sources, problems);
  const allEntries = withGuests(reading.entries, foreign.byList);
  const entries = (path: string): EntryLayers[] => reading.entries.get(path) ?? [];
  const book = new WorkspaceBook({ known: params.workspaces, now, userHome });
  await book.visit(mentionedWorkspaces(allEntries), files);

  const agentReadings = readAgents(entries('agents'), { problems, previous });
  const around: EntrySurroundings = {
    now,
    book,
    settings: settingsOf(settings.values).automation,
    agentNames: agentNames(entries('agents')),
    source: 'config',
  };
  const jobs = [
    ...entries('automation.jobs').map(({ layers: [layer] }) => readJob(layer!, around)),
    ...foreign.jobs.map((one) => readJob(one.entry.layers[0]!, aroundGuest(around, one))),
  ];
  const triggers = [
    ...entries('automation.triggers').map(({ layers: [layer] }) => readTrigger(layer!, around)),
    ...foreign.triggers.map((one) => readTrigger(one.entry.layers[0]!, aroundGuest(around, one))),
  ];
  refuseTwins(jobs, { what: 'job', keyOf: (job) => job.id });
  refuseTwins(triggers, { what: 'trigger', keyOf: (trigger) => trigger.id });
  refuseTwins(triggers, { what: 'webhook', keyOf: (trigger) => trigger.webhook_id });
  const hookReadings = readHooks([...entries('hooks'), ...foreign.hooks], { problems, book, previous });
  const watch = entries('watch').map((entry) => isolated(problems, (own) => readWatch(entry, { problems: own, book })));
  const automations: AutomationReading<Automation>[] = [...jobs, ...triggers];
  const broken = automations.filter((one) => one.automation === undefined);

  const details: LoadDetails = {
    sources,
    guests,
    guestSources,
    settings,
    names: new Map(
      automations.flatMap(({ layer, automation }) =>
        automation === undefined
          ? []
          : [[automation.id, { source: layer.source, path: [...layer.path, 'name'] }] as const],
      ),
    ),
    secretUses: secretUses(allEntries),
    effective: () => [
      ...settings.effective,
      ...explainEntries({ agents: agentReadings.good, hooks: hookReadings.good, jobs, triggers, book, settings }),
    ],
  };
  return sealed(details, {
    ...settingsOf(settings.values),
    home,
    files: [...sources.found, ...guestSources.found],
    unreadable_files: [...sources.unreadable, ...guestSources.unreadable],
    fingerprint: fingerprintOf(sources.fingerprint, guestSources.digest),
    agents: agentReadings.agents,
    jobs: jobs.flatMap((one) => one.automation ?? []),
    triggers: triggers.flatMap((one) => one.automation ?? []),
    hooks: hookReadings.hooks,
    watch: watch.filter((one) => one !== undefined),
    workspaces_to_register: book.added(),
    problems: boundProblems(
      [
        ...sources.problems,
        ...guestSources.problems,
        ...settings.problems,
        ...problems.all,
        ...automations.flatMap((one) => one.problems),
      ].filter(
        (problem) => !(sources.stale.has(problem.file) || guestSources.stale.has(problem.file)) || problem.path === '',
      ),
    ),
    notes: boundProblems([...sources.notes, ...noteBareSecrets(entries('agents'))]),
    keep_ids: [...new Set(broken.flatMap((one) => one.ids))],
    keep_all:
      sources.incomplete ||
      guestSources.incomplete ||
      foreign.broken ||
      isListBroken(reading.broken) ||
      broken.some((one) => one.ids.length === 0),
  });
}

/**
 * Neither property is enumerable: details hold the files as they are, so whoever writes a configuration into a reply or a
 * log must not carry them along; and the map costs a second parse of every file, so it is made for whoever asks, once.
 */
function sealed(details: LoadDetails, config: Omit<LoadedConfig, 'origins' | 'details'>): LoadedConfig {
  let origins: ReadonlyMap<string, Origin> | undefined;
  return Object.defineProperties(config, {
    details: { value: details },
    origins: { get: () => (origins ??= originsOf(details.effective())) },
  }) as LoadedConfig;
}

function aroundGuest(around: EntrySurroundings, { guest }: GuestEntry): EntrySurroundings {
  return guest.workspace === undefined ? { ...around, source: 'package' } : { ...around, own: guest.workspace };
}

function withGuests(
  own: ReadonlyMap<string, EntryLayers[]>,
  foreign: ReadonlyMap<string, EntryLayers[]>,
): ReadonlyMap<string, EntryLayers[]> {
  const all = new Map(own);
  for (const [list, entries] of foreign) all.set(list, [...(all.get(list) ?? []), ...entries]);
  return all;
}

/** Where automations should stand there is something else, so none of them can be told. */
function isListBroken(broken: ReadonlySet<string>): boolean {
  return ['automation', 'automation.jobs', 'automation.triggers'].some((path) => broken.has(path));
}

/** Runs a reader with a list of its own: whether an entry is broken must not depend on its neighbours. */
function isolated<T>(problems: ProblemList, read: (own: ProblemList) => T): T {
  const own = new ProblemList();
  const result = read(own);
  problems.all.push(...own.all);
  return result;
}

/** A broken agent stays as it was: jobs that name it go on with what worked. */
function readAgents(
  entries: readonly EntryLayers[],
  p: { problems: ProblemList; previous: LoadedConfig | undefined },
): { agents: AgentDefinition[]; good: EntryLayers[] } {
  const good: EntryLayers[] = [];
  const agents = entries.flatMap((entry) => {
    const agent = isolated(p.problems, (own) => readAgent(entry, own));
    if (agent !== undefined) good.push(entry);
    return agent ?? p.previous?.agents.find((one) => one.name === entry.name) ?? [];
  });
  return { agents, good };
}

function readHooks(
  entries: readonly EntryLayers[],
  p: { problems: ProblemList; book: WorkspaceBook; previous: LoadedConfig | undefined },
): { hooks: HookDefinition[]; good: EntryLayers[] } {
  const readings = entries.map((entry) => {
    const own = new ProblemList();
    const hook = readHook(entry, { problems: own, book: p.book });
    const twin: Twin<HookDefinition> = {
      layer: entry.layers[0]!,
      problems: own.all,
      ...(hook && { automation: hook }),
    };
    return { entry, name: hookNameOf(entry), twin };
  });
  refuseTwins(
    readings.map((one) => one.twin),
    { what: 'hook', keyOf: (hook) => hook.name },
  );
  p.problems.all.push(...readings.flatMap((one) => one.twin.problems));
  const hooks = new Map<string, HookDefinition>();
  for (const { name, twin } of readings) {
    const hook = twin.automation ?? p.previous?.hooks.find((one) => one.name === name);
    if (hook !== undefined && !hooks.has(hook.name)) hooks.set(hook.name, hook);
  }
  return { hooks: [...hooks.values()], good: readings.filter((one) => one.twin.automation).map((one) => one.entry) };
}

interface Twin<T> {
  layer: Layer;
  automation?: T;
  problems: ConfigProblem[];
}

/**
 * Two good entries with one identity are both refused: taking the first would let the order of files decide which
 * definition runs. The last good version stays meanwhile. A broken twin counts for nothing, it is out already.
 */
function refuseTwins<T>(
  readings: Twin<T>[],
  p: { what: 'job' | 'trigger' | 'webhook' | 'hook'; keyOf: (definition: T) => string | undefined },
): void {
  const groups = new Map<string, Twin<T>[]>();
  for (const one of readings) {
    const key = one.automation && p.keyOf(one.automation);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const field = p.what === 'webhook' ? 'webhook_id' : 'name';
  const spotOf = ({ layer }: Twin<T>): Spot => ({ source: layer.source, path: [...layer.path, field] });
  for (const twins of groups.values()) {
    if (twins.length < 2) continue;
    for (const one of twins) {
      const others = twins.filter((twin) => twin !== one).slice(0, 5);
      const places = others.map((twin) => spotText(spotOf(twin))).join(', ');
      const list = new ProblemList();
      list.add(spotOf(one), {
        code: 'duplicate_entry',
        message: `${TWIN_TEXT[p.what]} ${places}; neither takes effect. Change one of them.`,
      });
      one.problems.push(...list.all);
      delete one.automation;
    }
  }
}

const TWIN_TEXT = {
  job: 'The same job (scope, workspace and name) is defined at',
  trigger: 'The same trigger (scope, workspace and name) is defined at',
  webhook: 'The same webhook_id is given at',
  hook: 'A hook of the same name is defined at',
};

/** Every text that names a workspace, read before the entries themselves: asking the file system takes time. */
function mentionedWorkspaces(entries: ReadonlyMap<string, EntryLayers[]>): WorkspaceReference[] {
  const found: WorkspaceReference[] = [];
  for (const [path, list] of entries) {
    for (const { table, source } of list.flatMap((entry) => entry.layers)) {
      const holder = path === 'hooks' ? table['match'] : table;
      const text: unknown =
        typeof holder === 'object' && holder !== null ? Reflect.get(holder, 'workspace') : undefined;
      if (typeof text === 'string' && text.trim() !== '' && !text.includes('\0'))
        found.push({ text, file: source.file });
    }
  }
  return found;
}

function noteBareSecrets(agents: readonly EntryLayers[]): ConfigProblem[] {
  const notes = new ProblemList();
  for (const entry of agents) {
    for (const { name, layer } of bareSecretNames(entry)) {
      const message = `${name} looks like a secret written into the file; keep it in the daemon's environment or in a file of your own and write "env:NAME" or "file:/path" here.`;
      notes.add({ source: layer.source, path: [...layer.path, 'env', name] }, { code: 'invalid_secret_ref', message });
    }
  }
  return notes.all;
}

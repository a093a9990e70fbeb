/**
 * Who may use whom, as data, with a reason per row; and the judge of one file against it.
 * A folder without a row may not exist under `src/`. Tests beside the code are judged by their own, wider rule: they
 * may reach for anything that the folder under test could be composed with.
 */
import { posix } from 'node:path';
import type { SourceFile } from './source-file.ts';
import type { Violation } from './violation.ts';

export interface FolderRule {
  /** Under `src/`, or `web`; the longest matching row counts. */
  folder: string;
  /** A port: its files alone. A folder inside is an adapter and wants a row of its own. */
  isPort?: true;
  /** Rows whose files may be imported; its own is understood. */
  uses: readonly string[];
  /** Rows of which only types may be imported. */
  types?: readonly string[];
  /** Packages and `node:` modules, by name. */
  packages: readonly string[];
  reason: string;
}

export const importTable: readonly FolderRule[] = [
  { folder: 'lib', uses: [], packages: [], reason: 'language only: everybody may build on it, the web page included' },
  { folder: 'errors', uses: [], packages: [], reason: 'the catalogue is read by every layer, so it can lean on none' },
  {
    folder: 'model',
    uses: ['lib', 'errors', 'model/condition'],
    packages: [],
    reason: 'the rules of the domain cannot tell the time and cannot fail for outside reasons',
  },
  {
    folder: 'model/condition',
    uses: ['lib'],
    types: ['model'],
    packages: ['@marcbachmann/cel-js'],
    reason: 'the one place that knows the library of conditions, and what keeps them bounded',
  },
  {
    folder: 'clock',
    uses: ['lib'],
    types: ['model'],
    packages: ['temporal-polyfill/global'],
    reason: 'the only door to the operating system’s time; it speaks the model’s instants',
  },
  {
    folder: 'events',
    uses: ['model', 'lib'],
    packages: [],
    reason: 'a vocabulary of what can happen, for all who listen',
  },
  {
    folder: 'store',
    isPort: true,
    uses: ['model', 'errors', 'lib'],
    packages: [],
    reason: 'the port: a specification of durable state that no adapter may leak into',
  },
  {
    folder: 'store/rows',
    uses: ['store', 'model', 'errors', 'lib'],
    packages: [],
    reason: 'what rows mean, and what every adapter says alike: pure, without a connection or a driver',
  },
  {
    folder: 'store/sqlite',
    uses: ['store', 'store/rows', 'model', 'errors', 'lib'],
    packages: ['node:sqlite', 'node:crypto', 'node:fs', 'node:path', 'node:timers/promises', 'node:worker_threads'],
    reason: 'SQL and rows stay here; adapters never import one another',
  },
  {
    folder: 'store/postgres',
    uses: ['store', 'store/rows', 'model', 'errors', 'lib', 'clock'],
    packages: ['pg', 'node:crypto'],
    reason: 'SQL and rows stay here; it waits for servers and other nodes, so it has a clock',
  },
  {
    folder: 'agents',
    isPort: true,
    uses: ['model', 'errors', 'clock', 'lib'],
    packages: ['node:crypto', 'node:fs/promises', 'node:path', 'node:stream'],
    reason: 'the port of agents, and what every adapter does alike',
  },
  {
    folder: 'agents/process',
    uses: ['agents', 'model', 'errors', 'clock', 'lib'],
    packages: ['node:child_process', 'node:fs', 'node:fs/promises', 'node:os', 'node:path', 'node:stream'],
    reason: 'processes are started, found and ended here, for all adapters that need some',
  },
  ...['acp', 'command'].map((adapter): FolderRule => ({
    folder: `agents/${adapter}`,
    uses: ['agents', 'agents/process', 'model', 'errors', 'clock', 'lib'],
    packages: [
      ...(adapter === 'acp' ? ['@agentclientprotocol/sdk', '@agentclientprotocol/sdk/unstable'] : []),
      'node:child_process',
      'node:fs/promises',
      'node:os',
      'node:path',
      'node:stream',
    ],
    reason: 'one protocol each; adapters never import one another',
  })),
  {
    folder: 'agents/http',
    uses: ['agents', 'model', 'errors', 'clock', 'lib', 'signing'],
    packages: ['node:http', 'node:https'],
    reason: 'sockets instead of processes, behind the same port',
  },
  {
    folder: 'agents/echo',
    uses: ['clock', 'lib'],
    packages: [
      '@agentclientprotocol/sdk',
      'node:stream',
      'node:stream/web',
      'node:process',
      'node:fs/promises',
      'node:child_process',
    ],
    reason: 'a program of its own that the daemon starts; it must run without the rest',
  },
  {
    folder: 'config',
    uses: ['model', 'errors', 'lib', 'clock'],
    types: ['store', 'agents', 'events', 'engine'],
    packages: [
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:path',
      'node:os',
      'smol-toml',
      'toml-eslint-parser',
      'zod',
    ],
    reason: 'turns files into definitions; what is done with them is not its business',
  },
  {
    folder: 'secrets',
    uses: ['lib', 'errors'],
    types: ['model', 'store'],
    packages: ['node:crypto', 'node:fs/promises', 'node:path', 'node:util'],
    reason: 'plaintext secrets live here and nowhere else',
  },
  {
    folder: 'signing',
    uses: [],
    packages: ['node:crypto'],
    reason: 'how what Rouse sends is signed, for hooks, agents and test deliveries alike',
  },
  {
    folder: 'sources/webhook',
    uses: ['signing', 'model', 'errors', 'lib', 'store'],
    types: ['clock'],
    packages: ['node:crypto'],
    reason: 'who is believed, one file per scheme, and the desk that decides in which order; sockets are for the API',
  },
  {
    folder: 'sources/file-watch',
    uses: ['model', 'clock', 'lib'],
    types: ['store'],
    packages: ['node:fs', 'node:fs/promises', 'node:path'],
    reason: 'where files change; what comes of it is not its business',
  },
  {
    folder: 'tasks',
    uses: ['model', 'errors', 'events', 'lib', 'clock', 'store'],
    packages: [],
    reason: 'what is handed over instead of prompted; it starts nothing and knows no agent',
  },
  {
    folder: 'hooks',
    uses: ['agents', 'agents/process', 'signing', 'store', 'model', 'errors', 'clock', 'lib'],
    types: ['config', 'engine', 'events'],
    packages: [],
    reason: 'what runs around automations: commands and requests, owed by the store, never by a run',
  },
  {
    folder: 'engine',
    uses: ['model', 'model/condition', 'errors', 'events', 'lib', 'clock', 'store', 'agents', 'tasks'],
    packages: [],
    reason: 'decides when to do what through ports; of an adapter or the operating system it knows nothing',
  },
  {
    folder: 'packages',
    uses: ['model', 'errors', 'lib', 'config'],
    types: ['clock', 'store'],
    packages: ['node:child_process', 'node:fs/promises', 'node:path'],
    reason: 'fetches and remembers packages; what they define is read where all configuration is',
  },
  {
    folder: 'access',
    uses: ['model', 'errors', 'lib'],
    types: ['clock', 'store'],
    packages: ['node:crypto'],
    reason: 'judges credentials, and hands them out; how they travel is not its business',
  },
  {
    folder: 'api/contract',
    uses: ['model', 'errors', 'lib'],
    packages: ['zod'],
    reason: 'JSON shapes, shared with the client and the page',
  },
  {
    folder: 'api',
    uses: ['api/contract', 'access', 'sources/webhook', 'model', 'engine', 'store', 'events', 'errors', 'lib', 'clock'],
    types: ['agents', 'config', 'packages', 'secrets', 'tasks'],
    packages: ['zod', 'hono', '@hono/node-server', 'node:crypto', 'node:http', 'node:net', 'node:stream'],
    reason: 'HTTP in, engine calls, HTTP out; it changes nothing behind the engine’s back',
  },
  {
    folder: 'client',
    uses: ['api/contract', 'errors', 'lib'],
    types: ['model'],
    packages: [],
    reason: 'anyone who speaks HTTP can be it: no file, no process, no database, and it runs in a browser',
  },
  {
    folder: 'worktrees',
    uses: ['errors', 'lib'],
    types: ['engine'],
    packages: ['node:child_process', 'node:fs/promises', 'node:path'],
    reason: 'git is asked here and nowhere else',
  },
  {
    folder: 'telemetry',
    uses: ['events', 'model', 'clock', 'lib'],
    packages: [
      'prom-client',
      '@opentelemetry/api',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace',
      'node:fs',
      'node:path',
    ],
    reason: 'log, metrics, traces and heartbeat listen; they change nothing and know nobody’s inside',
  },
  {
    folder: 'mcp',
    uses: ['client', 'api/contract', 'model', 'errors', 'lib'],
    packages: ['@modelcontextprotocol/server', 'zod'],
    reason: 'tools for agents; like every surface it can do nothing that the HTTP API cannot',
  },
  {
    folder: 'cli',
    uses: ['client', 'api/contract', 'errors', 'lib', 'model', 'clock'],
    types: ['events'],
    packages: [
      'commander',
      '@commander-js/extra-typings',
      'node:child_process',
      'node:fs',
      'node:fs/promises',
      'node:os',
      'node:path',
      'node:process',
      'node:readline/promises',
      'node:stream/consumers',
      'node:string_decoder',
      'node:util',
      'node:module',
      '@modelcontextprotocol/server',
    ],
    reason: 'terminals and exit codes; it can do nothing to a running daemon that the HTTP API cannot',
  },
  {
    folder: 'daemon',
    uses: [
      'lib',
      'errors',
      'model',
      'clock',
      'events',
      'store',
      'store/sqlite',
      'store/postgres',
      'agents',
      'agents/process',
      'agents/acp',
      'agents/command',
      'agents/http',
      'config',
      'secrets',
      'hooks',
      'sources/file-watch',
      'sources/webhook',
      'worktrees',
      'access',
      'packages',
      'engine',
      'tasks',
      'api',
      'api/contract',
      'mcp',
      'telemetry',
    ],
    packages: [
      'node:vm',
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:http',
      'node:net',
      'node:os',
      'node:path',
      'node:sqlite',
      'node:process',
      'node:zlib',
      'node:timers/promises',
      '@hono/node-server',
      'hono',
    ],
    reason: 'the composition root: the only one that chooses adapters and reads the environment',
  },
  {
    folder: 'upkeep',
    uses: ['lib', 'errors', 'model', 'clock', 'config', 'engine', 'secrets', 'store', 'store/sqlite', 'store/postgres'],
    packages: [
      'node:child_process',
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:net',
      'node:os',
      'node:path',
      'node:sqlite',
      'node:stream/promises',
      'smol-toml',
    ],
    reason: 'looks after a home from outside, with or without its daemon: copies, checks, the system’s services',
  },
  {
    folder: 'moving',
    uses: ['lib', 'errors', 'model', 'clock', 'secrets', 'store', 'store/sqlite', 'store/postgres'],
    packages: ['node:crypto', 'node:fs', 'node:path'],
    reason: 'moves a home from one kind of store to another, so it alone knows both',
  },
  {
    folder: 'testing',
    uses: ['client', 'clock', 'daemon', 'lib', 'model', 'errors', 'api/contract'],
    packages: ['node:child_process', 'node:fs', 'node:fs/promises', 'node:os', 'node:path'],
    reason: 'what users may use in their tests; a scratch daemon is a process',
  },
  {
    folder: 'web',
    uses: ['client', 'api/contract', 'model', 'lib'],
    packages: [
      '@base-ui/react',
      '@tanstack/react-query',
      '@tanstack/react-router',
      '@tanstack/react-virtual',
      'd3-scale',
      'lucide-react',
      'react',
      'react-dom',
    ],
    reason: 'the page knows what any client knows, and nothing of the daemon behind it',
  },
];

/** Where the files of a row lie. */
export const placeOf = (folder: string): string => (folder === 'web' ? 'web' : `src/${folder}`);

/** Single files that may do more than their folder, each for a written reason: rows, or files of the repository by path. */
export const fileExceptions: readonly { path: string; uses: readonly string[]; reason: string }[] = [
  {
    path: 'src/model/index.ts',
    uses: ['clock'],
    reason: 'a public entry: makes `Temporal` global where Node lacks it',
  },
  { path: 'src/cli/main.ts', uses: ['package.json'], reason: 'knows the version' },
  { path: 'src/daemon/version.ts', uses: ['package.json'], reason: 'knows the version' },
  { path: 'src/cli/commands/start.ts', uses: ['daemon', 'config', 'events'], reason: 'becomes the daemon' },
  {
    path: 'src/cli/commands/mcp.ts',
    uses: ['mcp', 'package.json'],
    reason: 'serves MCP over the terminal’s own streams',
  },
  { path: 'src/cli/init-questions.ts', uses: ['config'], reason: 'asks for what the first configuration says' },
  {
    path: 'src/cli/commands/init.ts',
    uses: ['config', 'agents', 'upkeep'],
    reason: 'makes a home before any daemon runs',
  },
  { path: 'src/cli/commands/migrate.ts', uses: ['moving'], reason: 'moves a home without a daemon' },
  {
    path: 'src/cli/commands/backup.ts',
    uses: ['upkeep', 'config', 'package.json'],
    reason: 'copies files, without a daemon; which store it is says the configuration',
  },
  { path: 'src/cli/commands/doctor.ts', uses: ['upkeep', 'config'], reason: 'looks at a home without a daemon' },
  { path: 'src/cli/commands/edit-job.ts', uses: ['config'], reason: 'shows a job as a file would say it' },
  { path: 'src/cli/commands/export-automations.ts', uses: ['config'], reason: 'writes what a file would say' },
  {
    path: 'src/cli/commands/service.ts',
    uses: ['upkeep'],
    reason: 'talks to the system’s supervisor, not to a daemon',
  },
  { path: 'src/cli/commands/config.ts', uses: ['config'], reason: 'checks files without a daemon' },
  { path: 'src/cli/commands/config-diff.ts', uses: ['config'], reason: 'compares files with what is in force' },
  { path: 'src/cli/secret-notes.ts', uses: ['config', 'secrets'], reason: 'checks files without a daemon' },
];

/** The public entries: they re-export, and `src/index.ts` belongs to no folder. */
const publicEntries: readonly string[] = [
  'src/index.ts',
  'src/model/index.ts',
  'src/client/index.ts',
  'src/testing/index.ts',
];

const ruleOf = (path: string): FolderRule | undefined =>
  importTable
    .filter(({ folder }) => path.startsWith(`${placeOf(folder)}/`))
    .filter(({ folder, isPort }) => !isPort || !path.slice(placeOf(folder).length + 1).includes('/'))
    .toSorted((a, b) => b.folder.length - a.folder.length)[0];

/** `src/model/instant.ts` for `../model/instant.ts` out of `src/clock/clock.ts`. */
const targetOf = (path: string, specifier: string): string =>
  posix.normalize(posix.join(posix.dirname(path), specifier));

/** `node_modules` names of a specifier: `hono/streaming` is hono. */
const isAllowedPackage = (specifier: string, allowed: readonly string[]): boolean =>
  allowed.some((name) => specifier === name || (!name.startsWith('node:') && specifier.startsWith(`${name}/`)));

/** Configuration of tools is run by them, not by us. */
const isTool = (path: string): boolean => path.endsWith('.config.ts');

/** Judges one file that is no test. */
export function checkImports(source: SourceFile): Violation[] {
  if (!/^(src|web)\//.test(source.path) || source.path === 'src/index.ts' || isTool(source.path)) return [];
  const rule = ruleOf(source.path);
  if (rule === undefined) {
    const message =
      'lies in a folder without a row in test/tidy/import-table.ts: say who may use it, whom it may use and why';
    return [{ path: source.path, line: 1, message }];
  }
  const allowedHere = fileExceptions.find(({ path }) => path === source.path)?.uses ?? [];
  return source.imports.flatMap(({ specifier, typeOnly, line }) => {
    // Styles belong to the page alone and import nothing that could leak.
    if (specifier.endsWith('.css')) return [];
    const violation = (message: string): Violation[] => [{ path: source.path, line, message }];
    if (!specifier.startsWith('.')) {
      return isAllowedPackage(specifier, rule.packages)
        ? []
        : violation(`${rule.folder} may not import "${specifier}": ${rule.reason}`);
    }
    const target = targetOf(source.path, specifier);
    if (allowedHere.includes(target)) return [];
    const targetRule = ruleOf(target);
    if (targetRule === undefined) return violation(`imports ${target}, which is no folder of the import table`);
    if (targetRule === rule || rule.uses.includes(targetRule.folder)) return [];
    if (allowedHere.includes(targetRule.folder)) return [];
    if (rule.types?.includes(targetRule.folder) && typeOnly) return [];
    const onlyTypes = rule.types?.includes(targetRule.folder) ? ' (only its types: `import type`)' : '';
    return violation(`${rule.folder} may not import ${targetRule.folder}${onlyTypes}: ${rule.reason}`);
  });
}

/** Re-exports hide where a thing lives; only the public entries have them. */
export function checkReExports(source: SourceFile): Violation[] {
  if (!/^(src|web)\//.test(source.path) || publicEntries.includes(source.path)) return [];
  return source.imports
    .filter(({ reExport }) => reExport)
    .map(({ specifier, line }) => ({
      path: source.path,
      line,
      message: `re-exports ${specifier}: import it where it lives; only the public entries re-export`,
    }));
}

/** Imports that lead round in a circle at run time, each circle once, as `a → b → a`. */
export function findCycles(sources: readonly SourceFile[]): string[] {
  const edges = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports
        .filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
        .map(({ specifier }) => targetOf(path, specifier)),
    ]),
  );
  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) return void cycles.push([...trail.slice(at), path].join(' → '));
    if (finished.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    finished.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return cycles;
}

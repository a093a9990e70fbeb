/** From `[agents.<name>]` to an agent definition that nobody downstream has to question. */
import { agentKeys } from './keys/agent-keys.ts';
import { isTable } from './value-key.ts';
import { readTable, withDefaults } from './key-reader.ts';
import { isAccessScope } from '../model/access-scope.ts';
import type { AgentDefinition } from '../model/agent.ts';
import type { EntryLayers, TableReading } from './key-reader.ts';
import type { ProblemList } from './problem-list.ts';
import type { Segment } from './config-path.ts';
import type { ValuesOf } from './key-table.ts';

type AgentValues = ValuesOf<typeof agentKeys>;

const NAME_LENGTH_MAX = 128;
/** A name that a process environment can hold. */
const ENV_NAME = /^[^=\0]+$/;

/** Undefined when anything about the entry is wrong; then `problems` has grown. */
export function readAgent(entry: EntryLayers, problems: ProblemList): AgentDefinition | undefined {
  const before = problems.all.length;
  const reading = readTable({ fields: agentKeys, layers: entry.layers, problems });
  const values = withDefaults(agentKeys, reading.given);
  const refuse = refusal(entry, reading, problems);
  checkName(entry.name ?? '', refuse);
  checkByType(values, reading, refuse);
  checkEnvironment(values, refuse);
  checkServers(values, refuse);
  checkScopes(values, refuse);
  return problems.all.length > before ? undefined : definitionOf(entry.name ?? '', values);
}

type Refuse = (
  path: readonly Segment[],
  code: 'required' | 'must_be_empty' | 'invalid_format',
  message: string,
) => void;

/** Reports at the key where it was written, else at the agent's own header. One problem per key is enough. */
function refusal(entry: EntryLayers, reading: TableReading<typeof agentKeys>, problems: ProblemList): Refuse {
  const header = entry.layers[0]!;
  return (path, code, message) => {
    const [name] = path;
    const spot = name === undefined ? undefined : reading.spots.get(String(name));
    if (name !== undefined && reading.broken.has(String(name))) return;
    const source = spot?.source ?? header.source;
    problems.add(
      { source, path: [...(spot?.path ?? [...header.path, ...path.slice(0, 1)]), ...path.slice(1)] },
      { code, message },
    );
  };
}

function checkName(name: string, refuse: Refuse): void {
  const isPlain =
    name.trim() === name && name !== '' && name.length <= NAME_LENGTH_MAX && !/[\p{Cc}\p{Cs}]/u.test(name);
  if (!isPlain)
    refuse(
      [],
      'invalid_format',
      `An agent's name has 1 to ${NAME_LENGTH_MAX} characters, no control characters and no space around it.`,
    );
}

/** A key that its type never reads would do nothing without anybody noticing. */
const OWN_KEYS = {
  acp: ['command', 'mode', 'model', 'mcp_servers'],
  command: ['command', 'preset', 'prompt_via'],
  http: ['url', 'secret_ref'],
} as const satisfies Record<AgentDefinition['type'], readonly (keyof AgentValues)[]>;
const TYPED_KEYS = ['command', 'preset', 'prompt_via', 'url', 'secret_ref', 'mode', 'model', 'mcp_servers'] as const;

function checkByType(values: AgentValues, reading: TableReading<typeof agentKeys>, refuse: Refuse): void {
  if (reading.broken.has('type')) return;
  const own: readonly string[] = OWN_KEYS[values.type];
  for (const key of TYPED_KEYS) {
    if (own.includes(key) || isDefault(values[key], agentKeys[key].fallback)) continue;
    refuse(
      [key],
      'must_be_empty',
      `An agent of type "${values.type}" does not use ${key}; remove it, or change the type.`,
    );
  }
  if (values.type === 'http') {
    if (values.url === '') refuse(['url'], 'required', 'An agent of type "http" needs a url.');
  } else if ((values.command[0] ?? '').trim() === '' && !isPresetAlone(values)) {
    const example = values.type === 'acp' ? '["claude-agent-acp"]' : '["my-agent", "--flag"]';
    refuse(['command'], 'required', `An agent of type "${values.type}" needs a command, such as ${example}.`);
  }
}

/** A preset knows the name of its program. */
function isPresetAlone(values: AgentValues): boolean {
  return values.type === 'command' && values.preset !== '' && values.command.length === 0;
}

function isDefault(value: unknown, fallback: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(fallback);
}

function checkEnvironment(values: AgentValues, refuse: Refuse): void {
  for (const [name, text] of Object.entries(values.env)) {
    if (!ENV_NAME.test(name))
      refuse(['env', name], 'invalid_format', 'A name in an environment has no "=" and is not empty.');
    if (text.includes('\0')) refuse(['env', name], 'invalid_format', 'A value in an environment has no NUL character.');
  }
  for (const [index, name] of values.env_pass.entries()) {
    if (!ENV_NAME.test(name))
      refuse(['env_pass', index], 'invalid_format', 'This is no name of an environment variable.');
  }
}

function checkServers(values: AgentValues, refuse: Refuse): void {
  for (const [index, server] of values.mcp_servers.entries()) {
    if (typeof server === 'string') {
      if (server !== 'rouse') {
        refuse(
          ['mcp_servers', index],
          'invalid_format',
          'The only server known by name is "rouse"; write others as tables.',
        );
      } else if (values.rouse_scopes.length === 0) {
        refuse(['mcp_servers', index], 'required', 'Rouse’s own tools need rouse_scopes, such as ["read"].');
      }
    } else if (typeof server['name'] !== 'string' || server['name'].trim() === '') {
      refuse(['mcp_servers', index], 'required', 'An MCP server needs a name.');
    } else if (typeof server['command'] !== 'string' && typeof server['url'] !== 'string') {
      refuse(['mcp_servers', index], 'required', 'An MCP server needs a command or a url.');
    }
  }
}

function checkScopes(values: AgentValues, refuse: Refuse): void {
  for (const [index, scope] of values.rouse_scopes.entries()) {
    // Everything is the owner's: an agent could hand on what it was given, and outlive its run.
    if (isAccessScope(scope) && scope !== 'admin') continue;
    refuse(['rouse_scopes', index], 'invalid_format', 'Write "read", "write", "tasks" or "events:<prefix>".');
  }
}

function definitionOf(name: string, values: AgentValues): AgentDefinition {
  const { permission_timeout, timeout, stall_timeout, stop_grace, ...rest } = values;
  return {
    ...rest,
    rouse_scopes: values.rouse_scopes.filter(isAccessScope),
    name,
    command: isPresetAlone(values) ? [values.preset] : values.command,
    permission_timeout_ms: permission_timeout,
    timeout_ms: timeout,
    stall_timeout_ms: stall_timeout,
    stop_grace_ms: stop_grace,
  };
}

/** The names of all agents that are written down, the broken ones included: naming one of those is no mistake. */
export function agentNames(entries: readonly EntryLayers[]): string[] {
  return entries.map((entry) => entry.name ?? '').filter((name) => name !== '');
}

/** Names in an agent's plain environment whose values look like secrets in the file. Not wrong, worth a word. */
export function bareSecretNames(entry: EntryLayers): { name: string; layer: EntryLayers['layers'][number] }[] {
  const found: { name: string; layer: EntryLayers['layers'][number] }[] = [];
  for (const layer of entry.layers) {
    const env = layer.table['env'];
    if (!isTable(env)) continue;
    for (const [name, value] of Object.entries(env)) {
      const looksSecret = /(SECRET|TOKEN|PASSWORD|API_?KEY)$/i.test(name) && typeof value === 'string' && value !== '';
      if (looksSecret && !/^(env|file|vault):/.test(value)) found.push({ name, layer });
    }
  }
  return found;
}

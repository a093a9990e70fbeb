/** The keys of `[agents.<name>]`. */
import { AGENT_TYPES, PERMISSION_POLICIES, PROMPT_VIAS } from '../../model/agent.ts';
import * as v from '../value-key.ts';

const AGENT_PRESETS = ['', 'claude', 'codex', 'gemini', 'opencode'] as const;

export const agentKeys = {
  type: v.choice(AGENT_TYPES, {
    default: 'acp',
    description: 'How the agent is spoken to: the Agent Client Protocol, any program, or a URL.',
  }),
  command: v.texts({
    default: [],
    default_text: 'required for `acp`; for `command` the program of its preset',
    items: 'program and arguments',
    description: 'What is started; no shell is involved.',
  }),
  preset: v.choice(AGENT_PRESETS, {
    default: '',
    description:
      '`command`: whose program it is: sets the flags it needs, and reads final answer, usage, cost, session and limits.',
  }),
  prompt_via: v.choice(PROMPT_VIAS, { default: 'stdin', description: '`command`: how the program gets the prompt.' }),
  url: v.httpUrl({
    default: '',
    default_text: 'required for `http`',
    shown: v.shownUrl,
    description: '`http`: where the prompt is sent.',
  }),
  secret_ref: v.secretRef({ default: '', description: '`http`: signs the request.' }),
  env: v.textTable({
    default: {},
    keys: 'NAME',
    shown: shownEnvironment,
    description: "The process's environment; values may be secret references.",
  }),
  env_pass: v.texts({
    default: ['PATH', 'HOME', 'LANG'],
    items: 'names',
    description: "Names taken over from the daemon's environment; nothing else is.",
  }),
  permission: v.choice(PERMISSION_POLICIES, {
    default: 'ask',
    description: 'What happens when the agent asks for permission.',
  }),
  permission_timeout: v.duration({
    default: '5m',
    description: 'A request that nobody answered for so long is denied.',
  }),
  allow_tools: v.texts({ default: [], items: 'patterns', description: 'Tools allowed without asking.' }),
  deny_tools: v.texts({
    default: [],
    items: 'patterns',
    description: 'Tools denied without asking; denial goes first.',
  }),
  max_concurrent: v.integer({
    default: 0,
    min: 0,
    max: 10_000,
    description: 'So many runs of this agent execute at once; 0 = no own cap.',
  }),
  timeout: v.optionalDuration({ default: '', description: "Caps the automation's own timeout." }),
  stall_timeout: v.optionalDuration({
    default: '15m',
    description: 'A run without output for so long is ended as stalled; `"0"` = never.',
  }),
  stop_grace: v.duration({
    default: '10s',
    zero: true,
    description: 'Between asking the agent to stop, SIGTERM and SIGKILL.',
  }),
  mode: v.text({ default: '', description: '`acp`: the session mode to set.' }),
  model: v.text({ default: '', description: '`acp`: the model to set.' }),
  mcp_servers: v.namesOrTables({
    default: [],
    shown: shownServers,
    description:
      '`acp`: MCP servers handed over to the agent. `"rouse"` is Rouse\'s own, which needs `rouse_scopes`; a table has a `name` and a `command` or `url`, and its `env` or `headers` may be secret references.',
  }),
  rouse_scopes: v.texts({
    default: [],
    items: 'scopes',
    description:
      'What its runs may do with Rouse itself: `read`, `write`, `tasks`, `events:<prefix>`. Each run then finds `ROUSE_HOME` and a `ROUSE_TOKEN` that dies with it; empty = nothing.',
  }),
  worktree: v.flag({ default: false, description: 'Each run gets a git worktree of its own.' }),
};

/** References are shown, values never: people write keys straight into the file. */
function shownEnvironment(value: unknown): unknown {
  if (!v.isTable(value)) return '(not shown)';
  const shown = Object.entries(value).map(([name, text]) => [name, v.isSecretRef(text) ? text : '(not shown)']);
  return Object.fromEntries(shown);
}

/** Names only: environment and headers of a server hold its keys. */
function shownServers(value: unknown): unknown {
  if (!Array.isArray(value)) return '(not shown)';
  return value.map((server: unknown) =>
    typeof server === 'string'
      ? server
      : v.isTable(server) && typeof server.name === 'string'
        ? server.name
        : '(unnamed)',
  );
}

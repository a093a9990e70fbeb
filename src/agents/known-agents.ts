/**
 * The programs that Rouse knows by name: what they are called, how they are asked for their version and whether somebody
 * is logged in, and how they are configured. Nothing here spends money: those questions never reach a model.
 */
import type { AgentDefinition } from '../model/agent.ts';

export interface KnownAgent {
  /** What it is called here; also the name of its preset, where it has one. */
  name: string;
  title: string;
  program: string;
  /** The npm package it comes from. */
  package: string;
  versionArgs: readonly string[];
  /** Absent where it cannot be asked. */
  login?: { args: readonly string[]; read(answer: { code: number | null; output: string }): boolean | undefined };
  /** What to do when nobody is logged in. */
  loginHint: string;
  /** The lines of `[agents.<name>]`. */
  config: string;
}

const claudeLogin = 'Run `claude` once as the user that runs Rouse and log in, or give it ANTHROPIC_API_KEY in `env`.';
const codexLogin = 'Run `codex login` once as the user that runs Rouse, or give it a key in `env`.';
const geminiLogin = 'Run `gemini` once as the user that runs Rouse and log in, or give it GEMINI_API_KEY in `env`.';
const opencodeLogin =
  'Run `opencode auth login` once as the user that runs Rouse, or give it the provider’s key in `env`.';

const opencodeAuth: KnownAgent['login'] = {
  args: ['auth', 'list'],
  read: ({ output }) => {
    const counts = [...output.matchAll(/(\d+) (?:credentials?|environment variables?)/g)].map((match) =>
      Number(match[1]),
    );
    return counts.length === 0 ? undefined : counts.some((count) => count > 0);
  },
};

export const KNOWN_AGENTS: readonly KnownAgent[] = [
  {
    name: 'claude-agent-acp',
    title: 'Claude Code over ACP',
    program: 'claude-agent-acp',
    package: '@agentclientprotocol/claude-agent-acp',
    versionArgs: ['--version'],
    loginHint: claudeLogin,
    config: 'type = "acp"\ncommand = ["claude-agent-acp"]',
  },
  {
    name: 'claude',
    title: 'Claude Code',
    program: 'claude',
    package: '@anthropic-ai/claude-code',
    versionArgs: ['--version'],
    login: {
      args: ['auth', 'status'],
      read: ({ output }) =>
        /"loggedIn":\s*true/.test(output) ? true : /"loggedIn":\s*false/.test(output) ? false : undefined,
    },
    loginHint: claudeLogin,
    config: 'type = "command"\npreset = "claude"',
  },
  {
    name: 'codex-acp',
    title: 'Codex over ACP',
    program: 'codex-acp',
    package: '@agentclientprotocol/codex-acp',
    versionArgs: ['--version'],
    loginHint: codexLogin,
    config: 'type = "acp"\ncommand = ["codex-acp"]',
  },
  {
    name: 'codex',
    title: 'Codex',
    program: 'codex',
    package: '@openai/codex',
    versionArgs: ['--version'],
    login: {
      args: ['login', 'status'],
      read: ({ code, output }) => (/not logged in/i.test(output) ? false : code === 0 ? true : undefined),
    },
    loginHint: codexLogin,
    config: 'type = "command"\npreset = "codex"',
  },
  {
    name: 'gemini',
    title: 'Gemini CLI',
    program: 'gemini',
    package: '@google/gemini-cli',
    versionArgs: ['--version'],
    loginHint: geminiLogin,
    config: 'type = "acp"\ncommand = ["gemini", "--acp"]',
  },
  {
    name: 'opencode',
    title: 'OpenCode',
    program: 'opencode',
    package: 'opencode-ai',
    versionArgs: ['--version'],
    login: opencodeAuth,
    loginHint: opencodeLogin,
    config: 'type = "acp"\ncommand = ["opencode", "acp"]',
  },
];

/** The known program that an agent's command starts, by the name of its file. */
export function knownAgentOf(agent: Pick<AgentDefinition, 'command'>): KnownAgent | undefined {
  const program = agent.command[0]?.split('/').at(-1);
  return KNOWN_AGENTS.find((known) => known.program === program);
}

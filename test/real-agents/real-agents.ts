/** The real agents that are driven: where each comes from, how it is pointed at a model server, and how Rouse runs it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface RealAgent {
  name: string;
  /** Exact: what was tried is what is said to work. */
  package: string;
  /** Its file in `node_modules/.bin`. */
  bin: string;
  /** The lines of `[agents.<name>]` besides command and environment. */
  config: string;
  args: readonly string[];
  env(p: { url: string }): Record<string, string>;
  /** What it expects to find in its home. */
  prepare?(p: { url: string; home: string }): void;
  /** Whether it asks before it runs a command, so that a person can be asked. */
  asks: boolean;
  /** Whether a later process goes on with its session; where not, a new one begins and the transcript says so. */
  resumes: boolean;
  /** Whether it tells what it cost. */
  tellsCost: boolean;
}

function file(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const anthropic = ({ url }: { url: string }) => ({
  ANTHROPIC_BASE_URL: url,
  ANTHROPIC_API_KEY: 'loopback',
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
});

const codexHome = (codex: { approval: string; sandbox: string }) => (p: { url: string; home: string }) =>
  file(
    join(p.home, '.codex/config.toml'),
    [
      'model = "loopback"',
      'model_provider = "loopback"',
      `approval_policy = "${codex.approval}"`,
      `sandbox_mode = "${codex.sandbox}"`,
      '[model_providers.loopback]',
      'name = "loopback"',
      `base_url = "${p.url}/v1"`,
      'wire_api = "responses"',
      'env_key = "LOOPBACK_KEY"',
      'request_max_retries = 0',
      'stream_max_retries = 0',
      '',
    ].join('\n'),
  );

const opencode = ({ url }: { url: string }) => ({
  OPENCODE_DISABLE_MODELS_FETCH: '1',
  OPENCODE_DISABLE_AUTOUPDATE: '1',
  OPENCODE_CONFIG_CONTENT: JSON.stringify({
    model: 'loopback/loopback',
    small_model: 'loopback/loopback',
    permission: { bash: 'ask' },
    provider: {
      loopback: {
        npm: '@ai-sdk/openai-compatible',
        name: 'loopback',
        options: { baseURL: `${url}/v1`, apiKey: 'loopback' },
        models: {
          loopback: { name: 'loopback', cost: { input: 1, output: 2 }, limit: { context: 100_000, output: 10_000 } },
        },
      },
    },
  }),
});

const geminiHome = ({ home }: { home: string }): void =>
  file(join(home, '.gemini/settings.json'), '{"security":{"auth":{"selectedType":"gemini-api-key"}}}\n');
const gemini = ({ url }: { url: string }) => ({
  GOOGLE_GEMINI_BASE_URL: url,
  GEMINI_API_KEY: 'loopback',
  GEMINI_CLI_TRUST_WORKSPACE: 'true',
});

export const REAL_AGENTS: readonly RealAgent[] = [
  {
    name: 'claude-acp',
    package: '@agentclientprotocol/claude-agent-acp@0.101.0',
    bin: 'claude-agent-acp',
    config: 'type = "acp"\nmode = "default"',
    args: [],
    env: anthropic,
    asks: true,
    resumes: true,
    tellsCost: true,
  },
  {
    name: 'opencode-acp',
    package: 'opencode-ai@1.18.33',
    bin: 'opencode',
    config: 'type = "acp"',
    args: ['acp'],
    env: opencode,
    asks: true,
    resumes: true,
    tellsCost: true,
  },
  {
    name: 'codex-acp',
    package: '@agentclientprotocol/codex-acp@2.6.0',
    bin: 'codex-acp',
    config: 'type = "acp"',
    args: [],
    env: () => ({ LOOPBACK_KEY: 'loopback' }),
    prepare: codexHome({ approval: 'on-request', sandbox: 'read-only' }),
    // It asks when its own sandbox stands in the way, which depends on the machine.
    asks: false,
    resumes: true,
    tellsCost: false,
  },
  {
    name: 'gemini-acp',
    package: '@google/gemini-cli@0.61.0',
    bin: 'gemini',
    config: 'type = "acp"',
    args: ['--acp'],
    env: gemini,
    prepare: geminiHome,
    asks: true,
    resumes: false,
    tellsCost: false,
  },
  {
    name: 'claude',
    package: '@anthropic-ai/claude-code@2.1.197',
    bin: 'claude',
    config: 'type = "command"\npreset = "claude"',
    args: ['--allowed-tools', 'Bash'],
    env: anthropic,
    asks: false,
    resumes: true,
    tellsCost: true,
  },
  {
    name: 'codex',
    package: '@openai/codex@0.171.0',
    bin: 'codex',
    config: 'type = "command"\npreset = "codex"',
    args: [],
    env: () => ({ LOOPBACK_KEY: 'loopback' }),
    prepare: codexHome({ approval: 'never', sandbox: 'danger-full-access' }),
    asks: false,
    resumes: true,
    tellsCost: false,
  },
  {
    name: 'gemini',
    package: '@google/gemini-cli@0.61.0',
    bin: 'gemini',
    config: 'type = "command"\npreset = "gemini"',
    args: ['--yolo'],
    env: gemini,
    prepare: geminiHome,
    asks: false,
    resumes: true,
    tellsCost: false,
  },
  {
    name: 'opencode',
    package: 'opencode-ai@1.18.33',
    bin: 'opencode',
    config: 'type = "command"\npreset = "opencode"',
    args: [],
    env: (p) => ({ ...opencode(p), OPENCODE_PERMISSION: '{"bash":"allow"}' }),
    asks: false,
    resumes: true,
    tellsCost: true,
  },
];

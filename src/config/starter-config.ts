/** The configuration that `rouse init` writes: something that works at once, and the next step in comments. */
import { tomlString } from './toml-text.ts';

/** An agent that was found on the machine: what it is called, and the lines of its table. */
export interface StarterAgent {
  name: string;
  title: string;
  config: string;
}

export interface StarterChoices {
  /** Program and arguments of Rouse's own echo agent, which needs no account. */
  echoAgentCommand: readonly string[];
  /** Of schedules that name none; `UTC` when absent. */
  timezone?: string;
  /** The usual one when absent. */
  port?: number;
  agents?: readonly StarterAgent[];
  /** Whether the echo agent gets a first job; it does when absent. */
  example?: boolean;
}

export function starterConfig(p: StarterChoices): string {
  const { agents = [], timezone = 'UTC', port, example = true } = p;
  return `# Rouse wakes agents: what is said to which agent, and when.
# Save this file and it takes effect; \`rouse config check\` says what is wrong with it.
# Every key: docs/reference/configuration.md
${port === undefined ? '' : `\n[daemon]\nport = ${port}\n`}
[automation]
timezone = ${tomlString(timezone)}            # of schedules that name none, such as "Europe/Paris"
max_concurrent_jobs = 5     # so many runs at once; further ones wait

# An agent that repeats what it is told. No account, no cost: for trying things out.
[agents.echo]
type = "acp"
command = ${tomlTexts(p.echoAgentCommand)}
permission = "allow"
${example ? FIRST_JOB : ''}${agents.map(agentTable).join('')}
${nextStep(agents[0])}${example ? '#\n# Then remove the job "hello", or set enabled = false in it.\n' : ''}`;
}

const FIRST_JOB = `
# The first job. See it run: rouse runs list
[[automation.jobs]]
name = "hello"
agent = "echo"
prompt = "Say hello."
schedule = { mode = "every", interval = "20s" }
overlap = "skip"                              # no second run while one is unfinished
fire_limit = { max = 200, window = "1h" }     # 20s makes 180 an hour; beyond the limit nothing starts
`;

function agentTable({ name, title, config }: StarterAgent): string {
  return `
# ${title}. Would it start? rouse agents test ${name}
[agents.${name}]
${config}
permission = "ask"                            # asked on the page, by \`rouse\` or not at all: then denied
`;
}

/** In comments: what most people want next, ready but for its folder. */
function nextStep(agent: StarterAgent | undefined): string {
  const install = `# The next step, a real agent on a real folder. Install it with
#   npm install -g @agentclientprotocol/claude-agent-acp
# keep its key with  rouse secrets set anthropic  and take the # away:
#
# [agents.reviewer]
# type = "acp"
# command = ["claude-agent-acp"]
# env = { ANTHROPIC_API_KEY = "vault:automation/anthropic" }
# permission = "ask"                          # asked on the page, by \`rouse\` or not at all: then denied
#
`;
  return `${agent === undefined ? install : '# The next step, a job on a real folder. Take the # away:\n#\n'}# [[automation.jobs]]
# name = "weekday-review"
# agent = "${agent?.name ?? 'reviewer'}"
# workspace = "~/src/my-project"
# prompt = "Review the changes since yesterday and write a risk report."
# schedule = { mode = "cron", expr = "0 9 * * 1-5", timezone = "Europe/Paris", catch_up_policy = "coalesce" }
# retry = { strategy = "backoff", max_retries = 3, base_delay = "2s" }
# fire_limit = { max = 4, window = "24h" }
`;
}

function tomlTexts(texts: readonly string[]): string {
  return `[${texts.map(tomlString).join(', ')}]`;
}

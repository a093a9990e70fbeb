/** The configuration that `rouse init` writes: something that works at once, and the next step in comments. */

/** Program and arguments of Rouse's own echo agent, which needs no account. */
export function starterConfig(p: { echoAgentCommand: readonly string[] }): string {
  return `# Rouse wakes agents: what is said to which agent, and when.
# Save this file and it takes effect; \`rouse config check\` says what is wrong with it.
# Every key: docs/reference/configuration.md

[automation]
timezone = "UTC"            # of schedules that name none, such as "Europe/Paris"
max_concurrent_jobs = 5     # so many runs at once; further ones wait

# An agent that repeats what it is told. No account, no cost: for trying things out.
[agents.echo]
type = "acp"
command = ${tomlTexts(p.echoAgentCommand)}
permission = "allow"

# The first job. See it run: rouse runs list
[[automation.jobs]]
name = "hello"
agent = "echo"
prompt = "Say hello."
schedule = { mode = "every", interval = "20s" }
overlap = "skip"                              # no second run while one is unfinished
fire_limit = { max = 200, window = "1h" }     # 20s makes 180 an hour; beyond the limit nothing starts

# The next step, a real agent on a real folder. Install it with
#   npm install -g @agentclientprotocol/claude-agent-acp
# keep its key with  rouse secrets set anthropic  and take the # away:
#
# [agents.reviewer]
# type = "acp"
# command = ["claude-agent-acp"]
# env = { ANTHROPIC_API_KEY = "vault:automation/anthropic" }
# permission = "ask"                          # asked on the page, by \`rouse\` or not at all: then denied
#
# [[automation.jobs]]
# name = "weekday-review"
# agent = "reviewer"
# workspace = "~/src/my-project"
# prompt = "Review the changes since yesterday and write a risk report."
# schedule = { mode = "cron", expr = "0 9 * * 1-5", timezone = "Europe/Paris", catch_up_policy = "coalesce" }
# retry = { strategy = "backoff", max_retries = 3, base_delay = "2s" }
# fire_limit = { max = 4, window = "24h" }
#
# Then remove the job "hello", or set enabled = false in it.
`;
}

/** A TOML list of basic strings; JSON's escapes are a subset of TOML's, but for DEL, which TOML wants escaped. */
function tomlTexts(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text).replaceAll('\u007f', '\\u007f')).join(', ')}]`;
}

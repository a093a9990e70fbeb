/** An agent for tests: complete, with only what matters written out. */
import type { AgentDefinition } from '../../model/agent.ts';

export function testAgent(parts: Partial<AgentDefinition> = {}): AgentDefinition {
  return {
    name: 'echo',
    type: 'acp',
    command: ['echo-agent'],
    preset: '',
    prompt_via: 'stdin',
    url: '',
    secret_ref: '',
    env: {},
    env_pass: [],
    permission: 'ask',
    permission_timeout_ms: 300_000,
    allow_tools: [],
    deny_tools: [],
    max_concurrent: 0,
    timeout_ms: null,
    stall_timeout_ms: null,
    stop_grace_ms: 1000,
    mode: '',
    model: '',
    mcp_servers: [],
    rouse_scopes: [],
    worktree: false,
    ...parts,
  };
}

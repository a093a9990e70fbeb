/** The world that a seed makes: where and when it begins, how large it is, and how long it is troubled. */
import type { AgentDefinition } from '../../src/model/agent.ts';
import type { EpochMs } from '../../src/model/instant.ts';
import type { Workspace } from '../../src/model/workspace.ts';
import type { ClaimCaps } from '../../src/store/run-store.ts';
import type { Random } from './random.ts';

export interface Scenario {
  startAt: EpochMs;
  /** May change while the daemon is down. */
  timezone: string;
  formerTimezone?: string;
  zones: string[];
  agents: AgentDefinition[];
  workspaces: Workspace[];
  caps: ClaimCaps;
  catchUpSpreadMs: number;
  jobs: number;
  configJobs: number;
  /** Of troubled physical time, downtime not counted. */
  troubledMs: number;
  /** Mean pause between two things that happen. */
  paceMs: number;
}

/** Shortly before the clocks of a zone change, and some quiet days. */
const STARTS: readonly { zone: string; at: string }[] = [
  { zone: 'Europe/Berlin', at: '2026-03-29T00:40:00Z' },
  { zone: 'Europe/Berlin', at: '2026-10-25T00:05:00Z' },
  { zone: 'America/New_York', at: '2026-03-08T06:40:00Z' },
  { zone: 'America/New_York', at: '2026-11-01T05:10:00Z' },
  { zone: 'Australia/Lord_Howe', at: '2026-04-04T14:40:00Z' },
  { zone: 'Australia/Lord_Howe', at: '2026-10-03T15:10:00Z' },
  { zone: 'Asia/Kolkata', at: '2026-06-15T03:20:00Z' },
  { zone: 'UTC', at: '2026-12-31T23:45:00Z' },
];

export function drawScenario(random: Random): Scenario {
  const start = random.pick(STARTS);
  const startAt = Date.parse(start.at) + random.int(0, 15 * 60_000);
  const agents = ['red', 'green', 'blue'].slice(0, random.int(1, 3)).map((name) => drawAgent(random, name));
  const workspaces = ['north', 'south'].slice(0, random.int(0, 2)).map((name) => ({
    id: `ws_${name}`,
    name,
    path: `/simulated/${name}`,
    trusted: true,
    created_at: startAt,
  }));
  const capped = agents.filter((agent) => agent.max_concurrent > 0);
  return {
    startAt,
    timezone: random.chance(0.5) ? start.zone : 'UTC',
    zones: [start.zone, 'UTC', random.pick(STARTS).zone],
    agents,
    workspaces,
    caps: {
      total: random.int(1, 5),
      per_agent: Object.fromEntries(capped.map((agent) => [agent.name, agent.max_concurrent])),
      per_workspace: random.int(0, 2),
      held: [],
    },
    catchUpSpreadMs: random.pick([0, 30_000]),
    jobs: random.int(2, 6),
    configJobs: random.int(0, 2),
    troubledMs: random.int(5, 25) * 60_000,
    paceMs: random.pick([5000, 15_000, 40_000]),
  };
}

function drawAgent(random: Random, name: string): AgentDefinition {
  return {
    name,
    type: random.pick(['acp', 'command']),
    command: ['/simulated/agent'],
    preset: '',
    prompt_via: 'stdin',
    url: '',
    secret_ref: '',
    env: {},
    env_pass: [],
    permission: random.pick(['ask', 'allow', 'deny']),
    permission_timeout_ms: random.pick([20_000, 120_000]),
    allow_tools: [],
    deny_tools: [],
    max_concurrent: random.int(0, 2),
    timeout_ms: random.pick([null, 60_000, 300_000]),
    stall_timeout_ms: random.pick([null, 30_000]),
    stop_grace_ms: random.pick([200, 2000, 10_000]),
    mode: '',
    model: '',
    mcp_servers: [],
    rouse_scopes: [],
    worktree: false,
  };
}

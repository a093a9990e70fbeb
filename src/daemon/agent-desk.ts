/** Answers what people ask about agents besides running them: each driver's check, the machine, and the account. */
import { mkdir } from 'node:fs/promises';
import type { AgentDesk, AgentHealth } from '../agents/agent-desk.ts';
import type { AgentDriver, AgentReadiness } from '../agents/agent-driver.ts';
import type { AgentRegistry } from '../agents/agent-registry.ts';
import { knownAgentOf } from '../agents/known-agents.ts';
import { detectAgents } from '../agents/process/detection.ts';
import type { ProcessTable } from '../agents/process/process-table.ts';
import type { Clock } from '../clock/clock.ts';
import { AppError } from '../errors/app-error.ts';
import type { AgentDefinition, AgentType } from '../model/agent.ts';
import { formatInstant } from '../model/instant.ts';
import type { Store } from '../store/store.ts';

const PAST_MS = 30 * 24 * 60 * 60 * 1000;
const USAGE_DAYS_MAX = 1000;

export function createAgentDesk(p: {
  agents: AgentRegistry;
  drivers: Readonly<Partial<Record<AgentType, AgentDriver>>>;
  store: Pick<Store, 'listUsageDays' | 'listAgentHolds'>;
  clock: Clock;
  table: ProcessTable;
  /** Where agents of global automations work; created when first needed. */
  workFolder: string;
  newToken(): string;
  /** What an agent finds in its environment, apart from what belongs to a run. */
  environmentOf(agent: AgentDefinition): Promise<Record<string, string>>;
  /** Of the daemon, by name: what agents are given unless somebody says otherwise. */
  ordinaryEnvironment: Record<string, string>;
  redact(text: string): string;
}): AgentDesk {
  const folder = async (): Promise<string> => {
    await mkdir(p.workFolder, { recursive: true, mode: 0o700 });
    return p.workFolder;
  };

  async function readinessOf(agent: AgentDefinition): Promise<AgentReadiness> {
    const driver = p.drivers[agent.type];
    if (driver === undefined) return { ready: false, problem: `No driver for ${agent.type}.`, hint: 'Correct `type`.' };
    try {
      return await driver.check({ agent, cwd: await folder(), env: await p.environmentOf(agent) });
    } catch (error) {
      const hint = error instanceof AppError ? error.hint : 'Look into the log: rouse logs';
      return { ready: false, problem: error instanceof Error ? error.message : String(error), hint };
    }
  }

  async function pastOf(name: string): Promise<AgentHealth['past']> {
    const since_day = formatInstant(p.clock.now() - PAST_MS).slice(0, 10);
    const days = await p.store.listUsageDays({ since_day, limit: USAGE_DAYS_MAX });
    const own = days.filter(({ agent_name }) => agent_name === name);
    const runs = own.reduce((sum, day) => sum + day.runs, 0);
    if (runs === 0) return undefined;
    return {
      runs,
      average_tokens: Math.round(own.reduce((sum, day) => sum + day.tokens, 0) / runs),
      average_cost_usd: own.reduce((sum, day) => sum + day.cost_usd, 0) / runs,
    };
  }

  return {
    async detect() {
      return detectAgents({ ...p, cwd: await folder(), env: p.ordinaryEnvironment, configured: p.agents.list() });
    },
    async test({ name }) {
      const agent = p.agents.get(name);
      if (agent === undefined) return undefined;
      const readiness = await readinessOf(agent);
      const hold = (await p.store.listAgentHolds({ now: p.clock.now() })).find(({ agent_name }) => agent_name === name);
      const past = await pastOf(name);
      return {
        name,
        ...redacted(readiness, (text) => p.redact(text)),
        ...loginHint(agent, readiness),
        ...(hold === undefined ? {} : { held_until: hold.until }),
        ...(past === undefined ? {} : { past }),
      };
    },
  };
}

/** A login that is missing prevents no start, since a key may come another way; but it is worth a word. */
function loginHint(agent: AgentDefinition, readiness: AgentReadiness): { hint?: string } {
  const known = readiness.ready && readiness.logged_in === false ? knownAgentOf(agent) : undefined;
  return known === undefined ? {} : { hint: known.loginHint };
}

/** What a program printed may hold what it was given. */
function redacted(readiness: AgentReadiness, redact: (text: string) => string): AgentReadiness {
  return readiness.ready
    ? readiness
    : { ready: false, problem: redact(readiness.problem), hint: redact(readiness.hint) };
}

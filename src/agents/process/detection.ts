/** Looks for the programs that Rouse knows, and asks each for its version and whether somebody is logged in. */
import type { Clock } from '../../clock/clock.ts';
import type { AgentDefinition } from '../../model/agent.ts';
import type { DetectedAgent } from '../agent-desk.ts';
import { KNOWN_AGENTS, knownAgentOf, type KnownAgent } from '../known-agents.ts';
import { probe, versionIn } from './probe.ts';
import type { ProcessTable } from './process-table.ts';

export interface Probing {
  clock: Clock;
  table: ProcessTable;
  cwd: string;
  env: Record<string, string>;
  newToken(): string;
}

export async function detectAgents(p: Probing & { configured: readonly AgentDefinition[] }): Promise<DetectedAgent[]> {
  const found: DetectedAgent[] = [];
  // One after the other: each start of a large program takes a whole core for a second.
  for (const known of KNOWN_AGENTS) {
    const configured_as = p.configured.filter((agent) => knownAgentOf(agent) === known).map(({ name }) => name);
    found.push(await detectOne(p, known, configured_as));
  }
  return found;
}

async function detectOne(p: Probing, known: KnownAgent, configured_as: string[]): Promise<DetectedAgent> {
  const { name, title, config } = known;
  const version = await probe({ ...p, program: known.program, args: known.versionArgs, token: p.newToken() });
  if ('problem' in version) {
    const next = `Install it with: npm install -g ${known.package}`;
    return { name, title, installed: false, configured_as, next, config };
  }
  const said = versionIn(version.output);
  const logged_in = await askLogin(p, known);
  const next =
    configured_as.length > 0
      ? logged_in === false
        ? known.loginHint
        : `Try it with: rouse agents test ${configured_as[0]}`
      : `Configure it in rouse.toml: [agents.${name}]`;
  return {
    name,
    title,
    installed: true,
    path: version.path,
    ...(said === undefined ? {} : { version: said }),
    ...(logged_in === undefined ? {} : { logged_in }),
    configured_as,
    next,
    config,
  };
}

/** Undefined where the program cannot be asked, or its answer is not understood. */
export async function askLogin(p: Probing, known: KnownAgent, program = known.program): Promise<boolean | undefined> {
  if (known.login === undefined) return undefined;
  const answer = await probe({ ...p, program, args: known.login.args, token: p.newToken() });
  return 'problem' in answer ? undefined : known.login.read(answer);
}

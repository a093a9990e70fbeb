/**
 * What an agent's process is given as its environment: a few names from the daemon's own, its own values, the trace it
 * belongs to, and, where it may use Rouse itself, the home and a token of this run.
 */
import type { TokenDesk } from '../access/token-desk.ts';
import { AppError } from '../errors/app-error.ts';
import type { AgentDefinition } from '../model/agent.ts';
import { isSecretReference, type SecretReferences, SecretUnavailable } from '../secrets/secret-references.ts';

/** The default of `env_pass`. */
const ENV_PASS_DEFAULT = ['PATH', 'HOME', 'LANG'];

export async function agentEnvironment(p: {
  agent: AgentDefinition;
  runId: string;
  home: string;
  tokens: TokenDesk;
  environment: Readonly<Record<string, string | undefined>>;
  secrets: SecretReferences;
  /** The trace that the run belongs to, where traces are sent. */
  traceparent?: string;
}): Promise<Record<string, string>> {
  const result: Record<string, string> = p.traceparent === undefined ? {} : { TRACEPARENT: p.traceparent };
  for (const name of p.agent.env_pass) {
    const value = p.environment[name];
    if (value !== undefined) result[name] = value;
  }
  for (const [name, value] of Object.entries(p.agent.env)) {
    result[name] = isSecretReference(value) ? await secret({ ...p, reference: value, name }) : value;
  }
  const { agent, runId: run_id } = p;
  if (agent.rouse_scopes.length > 0) {
    result['ROUSE_HOME'] = p.home;
    result['ROUSE_TOKEN'] = await p.tokens.issueForRun({ run_id, agent_name: agent.name, scopes: agent.rouse_scopes });
  }
  return result;
}

async function secret(p: {
  agent: AgentDefinition;
  reference: string;
  name: string;
  secrets: SecretReferences;
}): Promise<string> {
  try {
    return await p.secrets.resolve(p.reference);
  } catch (error) {
    if (!(error instanceof SecretUnavailable)) throw error;
    throw new AppError('agent_unavailable', { agent: p.agent.name, reason: `${p.name}: ${error.message}` });
  }
}

/** What agents find unless their `env_pass` says otherwise: enough for a program to be found and to know its user. */
export function passedOn(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name of ENV_PASS_DEFAULT) {
    const value = environment[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

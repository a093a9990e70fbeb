/** What an agent's process is given as its environment: a few names from the daemon's own, and its own values. */
import { AppError } from '../errors/app-error.ts';
import type { AgentDefinition } from '../model/agent.ts';
import { isSecretReference, type SecretReferences, SecretUnavailable } from '../secrets/secret-references.ts';

export async function agentEnvironment(p: {
  agent: AgentDefinition;
  environment: Readonly<Record<string, string | undefined>>;
  secrets: SecretReferences;
}): Promise<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const name of p.agent.env_pass) {
    const value = p.environment[name];
    if (value !== undefined) result[name] = value;
  }
  for (const [name, value] of Object.entries(p.agent.env)) {
    result[name] = isSecretReference(value) ? await secret({ ...p, reference: value, name }) : value;
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

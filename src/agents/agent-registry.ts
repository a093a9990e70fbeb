/** The agents as configured right now; configuration replaces them as a whole, readers always ask anew. */
import type { AgentDefinition } from '../model/agent.ts';

export interface AgentRegistry {
  get(name: string): AgentDefinition | undefined;
  list(): AgentDefinition[];
}

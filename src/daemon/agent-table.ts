/** The agents of the configuration, replaced as a whole when it is loaded. */
import type { AgentRegistry } from '../agents/agent-registry.ts';
import type { AgentDefinition } from '../model/agent.ts';

export class AgentTable implements AgentRegistry {
  #agents = new Map<string, AgentDefinition>();

  replace(agents: readonly AgentDefinition[]): void {
    this.#agents = new Map(agents.map((agent) => [agent.name, agent]));
  }

  get(name: string): AgentDefinition | undefined {
    return this.#agents.get(name);
  }

  list(): AgentDefinition[] {
    return [...this.#agents.values()];
  }
}

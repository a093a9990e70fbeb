/** Everything that runs, which the caps keep few, counted as the caps count. Read anew in each step that decides by it. */
import type { ClaimCaps } from '../run-store.ts';

export interface RunningRow {
  seq: number;
  automation_id: string;
  fire_id: string;
  agent_name: string;
  workspace_id: string;
  token: string;
  slot: 'held' | 'given' | 'wanted';
}

/** Which running runs count as holding a slot. */
const COUNTED = {
  /** For runs that wait: whoever wants a slot back comes before them, so it counts as if it had one. */
  claim: new Set(['held', 'wanted']),
  /** For a run that wants its slot back: only those that really have one. */
  regain: new Set(['held']),
};

export class RunningRuns {
  readonly rows: readonly RunningRow[];
  readonly #caps: ClaimCaps;
  readonly #agents = new Map<string, number>();
  readonly #workspaces = new Map<string, number>();
  readonly #automations = new Set<string>();
  readonly #fires = new Set<string>();
  readonly #held: ReadonlySet<string>;
  #count = 0;

  constructor(rows: readonly RunningRow[], p: { caps: ClaimCaps; for: keyof typeof COUNTED }) {
    this.#caps = p.caps;
    this.#held = new Set(p.caps.held);
    this.rows = rows;
    for (const row of this.rows) {
      if (COUNTED[p.for].has(row.slot)) this.#take(row);
      // Whoever waits for a person is still there, and so are its processes.
      this.#automations.add(row.automation_id);
      this.#fires.add(row.fire_id);
    }
  }

  add(row: Omit<RunningRow, 'token' | 'seq' | 'slot'>): void {
    this.#take(row);
    this.#automations.add(row.automation_id);
    this.#fires.add(row.fire_id);
  }

  #take(row: { agent_name: string; workspace_id: string }): void {
    this.#count += 1;
    this.#agents.set(row.agent_name, (this.#agents.get(row.agent_name) ?? 0) + 1);
    this.#workspaces.set(row.workspace_id, (this.#workspaces.get(row.workspace_id) ?? 0) + 1);
  }

  isFull(): boolean {
    return this.#count >= this.#caps.total;
  }

  isAgentHeld(agent: string): boolean {
    return this.#held.has(agent);
  }

  isAgentFull(agent: string): boolean {
    // Own properties only: an agent may be called `constructor`.
    if (!Object.hasOwn(this.#caps.per_agent, agent)) return false;
    return (this.#agents.get(agent) ?? 0) >= (this.#caps.per_agent[agent] ?? 0);
  }

  isWorkspaceFull(workspace: string): boolean {
    if (workspace === '' || this.#caps.per_workspace === 0) return false;
    return (this.#workspaces.get(workspace) ?? 0) >= this.#caps.per_workspace;
  }

  /** The agents and workspaces without room, for whoever asks for all others. */
  full(): { agents: string[]; workspaces: string[] } {
    return {
      agents: Object.keys(this.#caps.per_agent).filter((agent) => this.isAgentFull(agent)),
      workspaces: [...this.#workspaces.keys()].filter((workspace) => this.isWorkspaceFull(workspace)),
    };
  }

  /** Whether something that runs now keeps this one waiting, whatever room there is. */
  blocks(candidate: { fire_id: string; automation_id: string; exclusive: 0 | 1 }): boolean {
    if (this.#fires.has(candidate.fire_id)) return true;
    return candidate.exclusive === 1 && this.#automations.has(candidate.automation_id);
  }
}

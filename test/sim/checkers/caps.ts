/** Counts processes, also those that a dead daemon left: they use the machine and the account all the same. */
import type { AgentProcess } from '../agent-world.ts';
import type { Checker, Reality } from '../checker.ts';

export function caps(): Checker {
  return {
    name: 'caps',
    promise: 'never do more runs execute at once than the caps allow, in all, per agent and per workspace',
    onAgentStart: countAround,
    onAgentResume: countAround,
  };
}

function countAround(process: AgentProcess, reality: Reality): void {
  // Who waits for a person holds no slot.
  const working = reality.living().filter((other) => !other.isWaiting);
  const runs = (of: (other: AgentProcess) => boolean): number =>
    new Set(working.filter(of).map((other) => other.token)).size;
  const { agentName, workspaceId } = process;
  const { total, per_agent, per_workspace } = reality.caps;
  const counts: [string, number, number][] = [
    ['in all', runs(() => true), total],
    [`of agent ${agentName}`, runs((other) => other.agentName === agentName), per_agent[agentName] ?? Infinity],
  ];
  if (workspaceId !== '' && per_workspace !== 0) {
    counts.push([`in ${workspaceId}`, runs((other) => other.workspaceId === workspaceId), per_workspace]);
  }
  for (const [what, count, cap] of counts) {
    if (count <= cap) continue;
    reality.fail(
      `${count} runs execute ${what}, the cap is ${cap}`,
      working.map((other) => other.runId),
    );
  }
}

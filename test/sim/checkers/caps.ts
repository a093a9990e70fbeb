/** Counts processes, also those that a dead daemon left: they use the machine and the account all the same. */
import type { AgentProcess } from '../agent-world.ts';
import type { Checker } from '../checker.ts';

export function caps(): Checker {
  return {
    name: 'caps',
    promise: 'never do more runs execute at once than the caps allow, in all, per agent and per workspace',
    onAgentStart(process, reality) {
      const living = reality.living();
      const runs = (of: (other: AgentProcess) => boolean): number =>
        new Set(living.filter(of).map((other) => other.token)).size;
      const counts: [string, number, number][] = [
        ['in all', runs(() => true), reality.caps.total],
        [
          `of agent ${process.agentName}`,
          runs((other) => other.agentName === process.agentName),
          reality.caps.per_agent[process.agentName] ?? Number.POSITIVE_INFINITY,
        ],
        [
          `in workspace ${process.workspaceId}`,
          process.workspaceId === '' ? 0 : runs((other) => other.workspaceId === process.workspaceId),
          reality.caps.per_workspace === 0 ? Number.POSITIVE_INFINITY : reality.caps.per_workspace,
        ],
      ];
      for (const [what, count, cap] of counts) {
        if (count > cap) {
          reality.fail(
            `${count} runs execute ${what}, the cap is ${cap}`,
            living.map((other) => other.runId),
          );
        }
      }
    },
  };
}

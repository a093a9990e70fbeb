/** What an agent's configuration says to a request for permission, before any person is asked. Pure. */
import type { AgentDefinition } from '../model/agent.ts';
import type { PermissionAnswer } from './agent-driver.ts';

export type PermissionDecision = 'allow' | 'deny' | 'ask';

/**
 * `deny_tools` wins, then `allow_tools`, then the policy. A pattern matches the whole name, letter case aside; `*`
 * stands for any characters, also none. Denying wins because a pattern that was written to protect something must
 * not be undone by a broader one written for comfort.
 */
export function decidePermission(p: {
  agent: Pick<AgentDefinition, 'permission' | 'allow_tools' | 'deny_tools'>;
  tool: string;
}): PermissionDecision {
  if (p.agent.deny_tools.some((pattern) => matchesToolPattern({ pattern, tool: p.tool }))) return 'deny';
  if (p.agent.allow_tools.some((pattern) => matchesToolPattern({ pattern, tool: p.tool }))) return 'allow';
  return p.agent.permission;
}

/** Greedy matching with one point to go back to: linear in practice, and never worse than pattern × name. */
export function matchesToolPattern(p: { pattern: string; tool: string }): boolean {
  const pattern = p.pattern.toLowerCase();
  const tool = p.tool.toLowerCase();
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < tool.length;) {
    if (pattern[at] === '*') {
      star = at++;
      resume = i;
    } else if (pattern[at] === tool[i]) {
      at++;
      i++;
    } else if (star !== -1) {
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

const PREFERENCE = {
  allow: ['allow_once', 'allow_always'],
  deny: ['reject_once', 'reject_always'],
} as const;

/**
 * The offered option that says it: once rather than always, since a standing permission would outlive this decision.
 * An agent that offers no way to say it is answered `cancelled`, which ends the request without granting anything.
 */
export function answerPermission(p: {
  decision: 'allow' | 'deny';
  /** As the agent offered them; a kind that we do not know is never chosen. */
  options: readonly { option_id: string; kind: string }[];
}): PermissionAnswer {
  for (const kind of PREFERENCE[p.decision]) {
    const option = p.options.find((each) => each.kind === kind);
    if (option !== undefined) return { outcome: 'selected', option_id: option.option_id };
  }
  return { outcome: 'cancelled' };
}

/**
 * Whether a person must agree before a tool changes something. The question goes to the person who sits at the agent's
 * own client, by MCP's elicitation; a client that cannot ask gets no approval, because silence is not consent.
 */
import {
  acceptedContent,
  inputRequired,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { McpApproval } from '../model/mcp-approval.ts';
import type { Tool, ToolEffect } from './tool.ts';

const ASKED: Readonly<Record<McpApproval, readonly ToolEffect[]>> = {
  none: [],
  destructive: ['destroy'],
  changes: ['change', 'destroy'],
};

const QUESTION = 'approval';
const answer = z.object({ approve: z.boolean().describe('Do it?') });

/** Undefined: go ahead. Otherwise what to answer the client with, which calls again once its person has spoken. */
export function askApproval(p: {
  approval: McpApproval;
  tool: Tool;
  args: Readonly<Record<string, unknown>>;
  context: ServerContext;
}): InputRequiredResult | undefined | 'refused' {
  if (!ASKED[p.approval].includes(p.tool.effect)) return undefined;
  const responses = p.context.mcpReq.inputResponses;
  if (responses !== undefined && Object.hasOwn(responses, QUESTION)) {
    return acceptedContent(responses, QUESTION, answer)?.approve === true ? undefined : 'refused';
  }
  return inputRequired({
    inputRequests: {
      [QUESTION]: inputRequired.elicit({
        message: `${p.tool.title}: ${JSON.stringify(p.args).slice(0, 1000)}`,
        requestedSchema: answer,
      }),
    },
  });
}

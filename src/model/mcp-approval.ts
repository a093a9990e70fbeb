/** Before which MCP tools a person is asked: none, those that take something away for good, or all that change something. */
export const MCP_APPROVALS = ['none', 'destructive', 'changes'] as const;
export type McpApproval = (typeof MCP_APPROVALS)[number];

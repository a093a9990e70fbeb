/**
 * MCP over streamable HTTP, on the daemon's own port. Each request is served with the token that it carries, by calling
 * the HTTP API within the process: scopes, limits and records are the API's, and there is no second way around them.
 */
import { createMcpHandler } from '@modelcontextprotocol/server';
import { createClient } from '../client/client.ts';
import type { McpApproval } from '../model/mcp-approval.ts';
import { createMcpServer } from './mcp-server.ts';

export interface McpEndpointOptions {
  /** The HTTP application, called without a socket. */
  fetchApi(request: Request): Response | Promise<Response>;
  version: string;
  /** Read anew for every request. */
  approval(): McpApproval;
}

const BEARER = /^Bearer +([\x21-\x7e]+)$/iu;

export function createMcpEndpoint(options: McpEndpointOptions): (request: Request) => Promise<Response> {
  const handler = createMcpHandler(({ requestInfo }) => {
    const { origin } = new URL(requestInfo?.url ?? 'http://127.0.0.1');
    return createMcpServer({
      client: createClient({
        url: origin,
        token: tokenOf(requestInfo),
        name: 'mcp',
        fetch: async (input, init) => options.fetchApi(new Request(input, init)),
      }),
      version: options.version,
      approval: options.approval(),
    });
  });
  return async (request) => {
    const refusal = await refuseStranger(request, options);
    return refusal ?? handler.fetch(request);
  };
}

function tokenOf(request: Request | undefined): string {
  return BEARER.exec(request?.headers.get('authorization') ?? '')?.[1] ?? '';
}

/**
 * The list of tools is nobody's business without a token. Whether it is a good one, the API says; what it is good for,
 * each call finds out.
 */
async function refuseStranger(request: Request, options: McpEndpointOptions): Promise<Response | undefined> {
  const probe = new Request(new URL('/api/status', request.url), {
    headers: { authorization: request.headers.get('authorization') ?? '' },
  });
  const reply = await options.fetchApi(probe);
  return reply.status === 401 ? reply : undefined;
}

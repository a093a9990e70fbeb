import { describe, expect, test } from 'vitest';
import { mcpServer } from './mcp-server.ts';

describe('a configured MCP server', () => {
  const check = (title: string, configured: unknown, expected: unknown): void =>
    test(title, () => expect(mcpServer(configured)).toEqual(expected));
  check(
    'of a command gets its lists',
    { name: 'fs', command: 'mcp-fs', env: { A: 'b' } },
    { name: 'fs', command: 'mcp-fs', args: [], env: [{ name: 'A', value: 'b' }] },
  );
  check(
    'of a URL is reached by HTTP',
    { name: 'web', url: 'https://x.test', headers: { Authorization: 'Bearer x' } },
    { name: 'web', type: 'http', url: 'https://x.test', headers: [{ name: 'Authorization', value: 'Bearer x' }] },
  );
  check(
    'in the protocol’s own form stays',
    { name: 'a', command: 'b', args: ['c'], env: [{ name: 'D', value: 'e' }] },
    { name: 'a', command: 'b', args: ['c'], env: [{ name: 'D', value: 'e' }] },
  );
  check('that is no table is left to the agent to refuse', 'fs', 'fs');
});

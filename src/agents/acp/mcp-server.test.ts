import { describe, expect, test } from 'vitest';
import { mcpServer, mcpServers } from './mcp-server.ts';

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

describe('handed over', () => {
  const sources = {
    env: { ROUSE_HOME: '/home/me/.rouse', ROUSE_TOKEN: 'narrow' },
    rouseCommand: ['/usr/bin/node', '/opt/rouse.mjs'],
    secretOf: (reference: string) =>
      reference === 'env:KNOWN' ? Promise.resolve('value') : Promise.reject(new Error(`${reference} is not set`)),
  };
  test('Rouse’s own carries the home and the token of the run', async () => {
    expect(await mcpServers(['rouse'], sources)).toEqual({
      servers: [
        {
          name: 'rouse',
          command: '/usr/bin/node',
          args: ['/opt/rouse.mjs', 'mcp'],
          env: [
            { name: 'ROUSE_HOME', value: '/home/me/.rouse' },
            { name: 'ROUSE_TOKEN', value: 'narrow' },
          ],
        },
      ],
    });
    expect(await mcpServers(['rouse'], { ...sources, env: {} })).toEqual({
      problem: expect.stringMatching(/rouse_scopes/),
    });
  });
  test('references become values, and one that is not there prevents the start', async () => {
    const server = { name: 'a', url: 'https://x.test', headers: { Authorization: 'env:KNOWN', Plain: 'x' } };
    expect(await mcpServers([server], sources)).toMatchObject({
      servers: [{ headers: [{ value: 'value' }, { value: 'x' }] }],
    });
    expect(await mcpServers([{ ...server, headers: { A: 'vault:automation/x' } }], sources)).toEqual({
      problem: expect.stringMatching(/vault:automation\/x/),
    });
  });
});

/** `rouse mcp`: the daemon's verbs as tools for an agent, over standard input and output. */
import { Option } from '@commander-js/extra-typings';
import packageFile from '../../../package.json' with { type: 'json' };
import { MCP_APPROVALS } from '../../model/mcp-approval.ts';
import { localCommand, type Cli } from '../command.ts';

export function mcpCommand(cli: Cli) {
  return localCommand('mcp', {
    summary: 'Serve MCP over standard input and output',
    description:
      'Serve MCP over standard input and output, for an agent’s own configuration: its tools are the verbs of the API. With --approval the person at the agent’s client is asked first.',
    examples: ['mcp', 'mcp --read-only', 'mcp --approval destructive'],
  })
    .addOption(new Option('--read-only', 'offer only tools that change nothing'))
    .addOption(
      new Option('--approval <when>', 'before which tools a person is asked')
        .choices(MCP_APPROVALS)
        .default('none' as const),
    )
    .action(async (options) => {
      const client = await cli.connect(options, { as: 'mcp' });
      const { serveStdio } = await import('@modelcontextprotocol/server/stdio');
      const { createMcpServer } = await import('../../mcp/mcp-server.ts');
      const closed = Promise.withResolvers<void>();
      process.stdin.once('close', closed.resolve);
      process.stdin.once('end', closed.resolve);
      serveStdio(
        () =>
          createMcpServer({
            client,
            version: packageFile.version,
            approval: options.approval,
            readOnly: options.readOnly === true,
          }),
        { onerror: (error) => cli.terminal.err(`${error.message}\n`) },
      );
      await closed.promise;
    });
}

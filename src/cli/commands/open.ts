/** `rouse open`: signs a browser in to the page, by a link that works once. */
import { daemonCommand, type Cli } from '../command.ts';
import { openerOf, openInBrowser } from '../browser.ts';
import { writeReply } from '../reply.ts';

export function openCommand(cli: Cli) {
  return daemonCommand('open', {
    summary: 'Open the page, signed in',
    description:
      'Open the page in a browser, signed in by a link that works once and for two minutes. The link is printed too: for another browser, or where there is no screen.',
    examples: ['open', 'open --print', 'open --read-only --print -o json'],
  })
    .option('--print', 'print the link and open nothing')
    .option('--read-only', 'the page may look at everything and change nothing')
    .action(async (options) => {
      const { terminal, environment } = cli;
      const client = await cli.connect(options);
      const link = await client.session.createLink(options.readOnly === true ? { scopes: ['read'] } : {});
      const opener = openerOf({ platform: environment.platform, variables: environment.variables });
      const wanted = options.print !== true && options.output === 'table' && terminal.interactive;
      const opened =
        wanted && opener !== undefined && (await openInBrowser({ url: link.url, home: cli.homeOf(options), opener }));
      const lines = () => [
        opened ? 'Opening the page. If no browser comes up, follow this link:' : 'Follow this link to sign in:',
        `  ${link.url}`,
        'It works once, for two minutes.',
      ];
      writeReply({ terminal, format: options.output, reply: { link }, items: [link], lines });
    });
}

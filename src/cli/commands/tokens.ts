/** `rouse tokens`: who else may come in, how far, and until when. */
import { Argument, type Command, Option } from '@commander-js/extra-typings';
import type { ApiToken, Client } from '../../client/client.ts';
import { AppError } from '../../errors/app-error.ts';
import { daemonCommand, groupCommand, type Cli } from '../command.ts';
import { confirm } from '../confirm.ts';
import { writeReply } from '../reply.ts';
import { tableLines } from '../table.ts';
import { epochOf } from '../time-text.ts';
import { relativeText } from '../../lib/span-text.ts';

const collect = (value: string, previous: string[] | undefined): string[] => [...(previous ?? []), value];

function scopeOption() {
  return new Option(
    '--scope <scope>',
    'read, write (with read), tasks, events:<prefix> or admin; may be repeated',
  ).argParser(collect);
}

/** By id, else by name. */
async function findToken(client: Client, ref: string): Promise<ApiToken> {
  const tokens = await client.tokens.list();
  const found =
    tokens.find(({ id }) => id === ref) ?? tokens.find(({ kind, name }) => kind === 'token' && name === ref);
  if (found === undefined) throw new AppError('token_not_found', { id: ref });
  return found;
}

function listTokensCommand(cli: Cli) {
  return daemonCommand('list', {
    summary: 'List tokens and signed-in pages',
    description: "List tokens and signed-in pages. The home's own token, which may do everything, is its file `token`.",
    examples: ['tokens list', 'tokens list -o json'],
  })
    .alias('ls')
    .action(async (options) => {
      const { terminal } = cli;
      const tokens = await (await cli.connect(options)).tokens.list();
      const now = terminal.now();
      const when = (text: string | undefined, absent: string): string =>
        text === undefined ? absent : relativeText(epochOf(text) ?? now, now);
      const lines = () =>
        tokens.length === 0
          ? ['No tokens. Create one: rouse tokens create ci --scope read']
          : tableLines<ApiToken>({
              rows: tokens,
              terminalColumns: terminal.columns,
              paint: terminal.paintOut,
              columns: [
                { title: 'NAME', cell: ({ name }) => ({ text: name, hue: 'bold' }), flexible: true },
                { title: 'KIND', cell: ({ kind }) => kind },
                { title: 'SCOPES', cell: ({ scopes }) => scopes.join(' '), flexible: true },
                { title: 'CREATED', cell: ({ created_at: at }) => when(at, '') },
                { title: 'LAST USED', cell: ({ last_used_at: at }) => when(at, 'never') },
                {
                  title: 'ENDS',
                  cell: ({ expired, expires_at: at }) =>
                    expired ? { text: 'ended', hue: 'red' } : when(at, 'when revoked'),
                },
                { title: 'ID', cell: ({ id }) => ({ text: id, hue: 'dim' }) },
              ],
            });
      writeReply({ terminal, format: options.output, reply: { tokens }, items: tokens, lines });
    });
}

function issuedLines({ token, secret }: { token: ApiToken; secret: string }): string[] {
  const end = token.expires_at === undefined ? 'until it is revoked' : `until ${token.expires_at}`;
  return [
    secret,
    '',
    `Token ${token.name} (${token.id}) may ${token.scopes.join(', ')}, ${end}.`,
    'It is shown this once.',
  ];
}

function createTokenCommand(cli: Cli) {
  return daemonCommand('create', {
    summary: 'Create a token with scopes',
    description: 'Create a token with scopes. Its secret is shown once and stored as a hash.',
    examples: [
      'tokens create dashboard --scope read --expires-in 720h',
      'tokens create ci --scope events:deploy.',
      'tokens create worker --scope tasks -o json',
    ],
  })
    .addArgument(new Argument('<name>', 'what it is for'))
    .addOption(scopeOption().makeOptionMandatory())
    .option('--expires-in <duration>', 'its life, such as 720h (default: until it is revoked)')
    .action(async (name, options) => {
      const client = await cli.connect(options);
      const { scope: scopes, expiresIn } = options;
      const issued = await client.tokens.create({
        name,
        scopes,
        ...(expiresIn === undefined ? {} : { expires_in: expiresIn }),
      });
      const lines = () => issuedLines(issued);
      writeReply({ terminal: cli.terminal, format: options.output, reply: issued, items: [issued], lines });
    });
}

function rotateTokenCommand(cli: Cli) {
  return daemonCommand('rotate', {
    summary: 'Give a token a new secret',
    description: 'Give a token a new secret. The old one opens nothing from then on.',
    examples: ['tokens rotate ci', 'tokens rotate ci --expires-in 720h'],
  })
    .addArgument(new Argument('<token>', 'its name or id'))
    .option('--expires-in <duration>', 'its life from now on (default: its end stays)')
    .action(async (ref, options) => {
      const client = await cli.connect(options);
      const { id } = await findToken(client, ref);
      const { expiresIn } = options;
      const issued = await client.tokens.rotate(id, expiresIn === undefined ? {} : { expires_in: expiresIn });
      const lines = () => issuedLines(issued);
      writeReply({ terminal: cli.terminal, format: options.output, reply: issued, items: [issued], lines });
    });
}

function revokeTokenCommand(cli: Cli) {
  return daemonCommand('revoke', {
    summary: 'Take a token back, or sign a page out',
    examples: ['tokens revoke ci', 'tokens revoke crd_01jd3q4v8x7r5t2m9k6p0w1y3z --yes'],
  })
    .addArgument(new Argument('<token>', 'its name or id'))
    .option('--yes', 'do not ask')
    .action(async (ref, options) => {
      const { terminal } = cli;
      const client = await cli.connect(options);
      const token = await findToken(client, ref);
      await confirm(terminal, { question: `Revoke ${token.name} (${token.id})?`, yes: options.yes });
      await client.tokens.revoke(token.id);
      const lines = () => [`${token.name} (${token.id}) opens nothing any more.`];
      writeReply({ terminal, format: options.output, reply: { token }, items: [token], lines });
    });
}

export function tokensCommand(cli: Cli): Command {
  return groupCommand('tokens', 'Who else may come in, and how far')
    .addCommand(listTokensCommand(cli))
    .addCommand(createTokenCommand(cli))
    .addCommand(rotateTokenCommand(cli))
    .addCommand(revokeTokenCommand(cli));
}

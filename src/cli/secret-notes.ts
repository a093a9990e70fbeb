/**
 * What `rouse config check` says of secret references. Files are looked at here; the vault is asked about where a daemon
 * runs; a variable is looked for in this environment, which may be another than the daemon's, and the note says so.
 */
import type { LoadedConfig } from '../config/load-config.ts';
import type { ConfigProblem } from '../config/config-problem.ts';
import type { Cli } from './command.ts';
import { hasDaemon } from './home-folder.ts';

export async function secretNotes(p: { cli: Cli; home: string; config: LoadedConfig }): Promise<ConfigProblem[]> {
  const { cli, home, config } = p;
  const uses = config.details.secretUses;
  if (uses.length === 0) return [];
  const { noteMissingSecrets } = await import('../config/secret-use.ts');
  const { SecretReferences } = await import('../secrets/secret-references.ts');
  const { Redactor } = await import('../secrets/redactor.ts');
  const stored = hasDaemon(home)
    ? (await (await cli.connect({ home })).secrets.list()).map(({ name }) => name)
    : undefined;
  const references = new SecretReferences({
    environment: cli.environment.variables,
    redactor: new Redactor(),
    vault: {
      // Nobody but the daemon can open it; without one, nothing is said about what it may hold.
      read: async ({ name }) =>
        stored === undefined || stored.includes(name)
          ? { ok: true, value: '' }
          : { ok: false, why: `is not in the vault; store it with \`rouse secrets set ${name}\`` },
    },
  });
  return noteMissingSecrets(uses, async (reference) => {
    const problem = await references.problemOf(reference);
    const isVariable = problem !== undefined && reference.startsWith('env:');
    return isVariable ? `${reference} is not set here; see that the daemon is started with it` : problem;
  });
}

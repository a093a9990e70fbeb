/** `rouse backup` and `rouse restore`: a home as one folder that can be kept elsewhere, and back. */
import { join } from 'node:path';
import { Argument } from '@commander-js/extra-typings';
import packageFile from '../../../package.json' with { type: 'json' };
import { formatInstant } from '../../model/instant.ts';
import { type Cli, daemonCommand } from '../command.ts';
import { confirm } from '../confirm.ts';
import { writeReply } from '../reply.ts';

function sizeText(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

/** `rouse-backup-2026-11-27T17-20-05Z` */
function nameAt(now: number): string {
  return `rouse-backup-${formatInstant(now)
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')}`;
}

export function backupCommand(cli: Cli) {
  return daemonCommand('backup', {
    summary: 'Copy the home into a folder, also while its daemon runs',
    description:
      'Copy the database and the configuration of the home into a new folder: the state of one instant, checked, while the daemon goes on. Secrets are in it sealed; their key only with --with-key. The token of this machine, logs and working folders are not. Where the rows are on a PostgreSQL server it says how to copy them there.',
    examples: ['backup', 'backup --to /mnt/backups/rouse-monday', 'backup --with-key --to ~/safe/rouse'],
  })
    .option('--to <folder>', 'the folder to make (default: rouse-backup-<time> here)')
    .option('--with-key', 'also the key of the vault: whoever has both can read the secrets')
    .action(async (options) => {
      const { terminal, environment } = cli;
      const { backUpHome } = await import('../../upkeep/backup.ts');
      const now = terminal.now();
      const home = cli.homeOf(options);
      // Time zones are judged with it.
      await import('../../clock/temporal.ts');
      const { loadConfig } = await import('../../config/load-config.ts');
      const { store } = await loadConfig({ home, now, workspaces: [], environment: environment.variables });
      const { folder, manifest } = await backUpHome({
        home,
        storeUrl: store.url,
        to: options.to ?? join(environment.cwd, nameAt(now)),
        withKey: options.withKey === true,
        version: packageFile.version,
        now,
        onProgress: (what) => terminal.err(`${terminal.paintErr('dim', `${what}…`)}\n`),
      });
      const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
      writeReply({
        terminal,
        format: options.output,
        reply: { folder, ...manifest },
        items: [{ folder, ...manifest }],
        lines: () => [
          `Wrote ${folder}: ${manifest.files.length} ${manifest.files.length === 1 ? 'file' : 'files'}, ${sizeText(bytes)}.`,
          `Back again: rouse restore ${folder} --home …`,
        ],
      });
    });
}

export function restoreCommand(cli: Cli) {
  return daemonCommand('restore', {
    summary: 'Put a backup into a home in which no daemon works',
    description:
      'Put a backup into a home in which no daemon works. What is there already is moved aside, not deleted. The schedule goes on where the backup stands: what came due since then is missed, and the catch-up policies decide; with --paused nothing runs before `rouse resume`.',
    examples: [
      'restore rouse-backup-2026-11-27T17-20-05Z --home ~/rouse-test',
      'restore /mnt/backups/rouse-monday --paused --yes',
    ],
  })
    .addArgument(new Argument('<folder>', 'what `rouse backup` made'))
    .option('--paused', 'the next daemon starts with everything paused')
    .option('--yes', 'without a question')
    .action(async (folder, options) => {
      const { terminal } = cli;
      const home = cli.homeOf(options);
      const { restoreHome } = await import('../../upkeep/restore.ts');
      const { readBackup } = await import('../../upkeep/backup-manifest.ts');
      const { created_at: createdAt } = await readBackup(folder);
      await confirm(terminal, { question: `Put the backup of ${createdAt} into ${home}?`, yes: options.yes });
      const restored = await restoreHome({
        from: folder,
        home,
        paused: options.paused === true,
        now: terminal.now(),
      });
      const { counts, moved_to: movedTo } = restored;
      writeReply({
        terminal,
        format: options.output,
        reply: restored,
        items: [restored],
        lines: () => [
          `Restored ${home} as it was at ${createdAt} (jobs: ${counts.jobs}, triggers: ${counts.triggers}).`,
          ...(movedTo === undefined ? [] : [`What was there before is in ${movedTo}.`]),
          options.paused === true
            ? `Next: rouse start --home ${home}, look, then rouse resume`
            : `Next: rouse start --home ${home}`,
        ],
      });
    });
}

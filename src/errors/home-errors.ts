/** Errors about the home of a daemon, its configuration and its backups. Composed into catalog.ts. */
import { entry } from './catalog-entry.ts';
import { EXIT_CODES } from './exit-code.ts';

const { conflict, invalid, unavailable } = EXIT_CODES;

export const homeErrors = {
  home_in_use: entry<{ home: string; pid?: number }>({
    title: 'Home in use',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Use the running daemon (`rouse status`), stop it, or start with another `--home`.',
    message: ({ home, pid }) =>
      `Another daemon${pid === undefined ? '' : ` (pid ${pid})`} works in ${home}; one home has one daemon.`,
  }),
  move_refused: entry<{ reason: string }>({
    title: 'Home not moved',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'The home is as it was, and its daemon can go on with it. Name an empty database, or see the guide on several machines.',
    message: ({ reason }) => `The home was not moved: ${reason}.`,
  }),
  home_read_only: entry<{ home: string; reason: string }>({
    title: 'Home not writable',
    status: 503,
    exitCode: unavailable,
    retryable: false,
    hint: 'Give the user of the daemon write access to the folder, or start with another `--home`.',
    message: ({ home, reason }) => `${home} cannot be written: ${reason}.`,
  }),
  config_invalid: entry<{ file: string; problems: number }>({
    title: 'Configuration invalid',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Mend the listed places; `rouse config check` shows them all.',
    message: ({ file, problems }) => `${file} has ${problems === 1 ? 'one problem' : `${problems} problems`}.`,
  }),
  backup_refused: entry<{ home: string; reason: string }>({
    title: 'Backup refused',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Name another folder with `--to`, or the right home with `--home`.',
    message: ({ home, reason }) => `No backup of ${home} was made: ${reason}.`,
  }),
  backup_invalid: entry<{ folder: string; reason: string }>({
    title: 'Backup not usable',
    status: 422,
    exitCode: invalid,
    retryable: false,
    hint: 'Take another backup; this one is not what `rouse backup` wrote.',
    message: ({ folder, reason }) => `${folder} cannot be restored: ${reason}. Nothing was changed.`,
  }),
} as const;

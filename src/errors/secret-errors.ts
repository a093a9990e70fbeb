/** Errors about the vault. Composed into catalog.ts. */
import { entry } from './catalog-entry.ts';
import { EXIT_CODES } from './exit-code.ts';

const { not_found, conflict, invalid, unavailable } = EXIT_CODES;

export const secretErrors = {
  secret_not_found: entry<{ name: string }>({
    title: 'Secret not found',
    status: 404,
    exitCode: not_found,
    retryable: false,
    hint: 'List the names with `rouse secrets list`.',
    message: ({ name }) => `The vault holds no secret named "${name}".`,
  }),
  secret_too_large: entry<{ bytes: number; limit_bytes: number }>({
    title: 'Secret too large',
    status: 413,
    exitCode: invalid,
    retryable: false,
    hint: 'Keep it in a file that only its owner can read, and refer to it as `file:/path`.',
    message: ({ bytes, limit_bytes }) =>
      `The value has ${bytes} bytes; the vault takes at most ${limit_bytes}. Nothing was stored.`,
  }),
  vault_full: entry({
    title: 'Vault full',
    status: 409,
    exitCode: conflict,
    retryable: false,
    hint: 'Remove secrets that nothing refers to with `rouse secrets remove`.',
    message: () => 'The vault holds as many secrets as it may. Nothing was stored.',
  }),
  vault_locked: entry<{ reason: string }>({
    title: 'Vault locked',
    status: 503,
    exitCode: unavailable,
    retryable: false,
    hint: 'Start the daemon with the ROUSE_MASTER_KEY, or the key file, that the secrets were sealed with.',
    message: ({ reason }) => `The vault cannot be opened: ${reason}. Nothing was changed.`,
  }),
} as const;

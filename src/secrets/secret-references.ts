/**
 * Turns a secret reference into its value, at the last moment and for one purpose. References are `env:NAME` and
 * `file:/path`; the vault comes with its own issue and says so until then. What is resolved is remembered by the
 * {@link Redactor}, so that it can be taken out of everything that an agent prints.
 */
import { readFile, stat } from 'node:fs/promises';
import type { Redactor } from './redactor.ts';

/** Why a reference cannot be resolved; the sentence names the reference, never a value. */
export class SecretUnavailable extends Error {}

const SECRET_BYTES_MAX = 64 * 1024;

export function isSecretReference(text: string): boolean {
  return /^(env|file|vault):/u.test(text);
}

export async function resolveSecret(p: {
  reference: string;
  environment: Readonly<Record<string, string | undefined>>;
  redactor: Redactor;
}): Promise<string> {
  const value = await readSecret(p);
  p.redactor.remember(value);
  return value;
}

async function readSecret(p: {
  reference: string;
  environment: Readonly<Record<string, string | undefined>>;
}): Promise<string> {
  const { scheme, rest } = split(p.reference);
  switch (scheme) {
    case 'env': {
      const value = p.environment[rest];
      if (value === undefined || value === '') {
        throw new SecretUnavailable(`${p.reference} is not set in the environment that the daemon was started with`);
      }
      return value;
    }
    case 'file':
      return readSecretFile(rest);
    default:
      throw new SecretUnavailable(`${p.reference} cannot be read: this version has no vault yet; use env: or file:`);
  }
}

/** A secret file that others may read is refused: it would be a secret in name only. */
async function readSecretFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) throw new SecretUnavailable(`file:${path} is not there`);
  if ((found.mode & 0o077) !== 0) {
    throw new SecretUnavailable(`file:${path} may be read by others; run \`chmod 600 ${path}\``);
  }
  if (found.size > SECRET_BYTES_MAX)
    throw new SecretUnavailable(`file:${path} is larger than ${SECRET_BYTES_MAX} bytes`);
  // Editors end files with a newline that is no part of the secret.
  return (await readFile(path, 'utf8')).replace(/\r?\n$/u, '');
}

function split(reference: string): { scheme: string; rest: string } {
  const colon = reference.indexOf(':');
  return { scheme: reference.slice(0, colon), rest: reference.slice(colon + 1).trim() };
}

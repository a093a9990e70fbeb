/**
 * Turns a secret reference into its value, at the last moment and for one purpose. References are `env:NAME`,
 * `file:/path` and `vault:automation/<path>`. What is resolved is remembered by the {@link Redactor}, so that it can be
 * taken out of everything that leaves the process.
 */
import { readFile, stat } from 'node:fs/promises';
import type { Redactor } from './redactor.ts';
import { SECRET_BYTES_MAX, VAULT_PREFIX, type VaultReading } from './vault.ts';

/** Why a reference cannot be resolved; the sentence names the reference, never a value. */
export class SecretUnavailable extends Error {}

export function isSecretReference(text: string): boolean {
  return /^(env|file|vault):/u.test(text);
}

export class SecretReferences {
  readonly #p: {
    environment: Readonly<Record<string, string | undefined>>;
    redactor: Redactor;
    vault: { read(p: { name: string }): Promise<VaultReading> };
  };

  constructor(p: {
    environment: Readonly<Record<string, string | undefined>>;
    redactor: Redactor;
    vault: { read(p: { name: string }): Promise<VaultReading> };
  }) {
    this.#p = p;
  }

  /** Throws {@link SecretUnavailable}. */
  async resolve(reference: string): Promise<string> {
    const value = await this.#read(reference);
    this.#p.redactor.remember(value);
    return value;
  }

  /** Why it could not be resolved right now; undefined when it could. For whoever wants to know before it is needed. */
  async problemOf(reference: string): Promise<string | undefined> {
    try {
      await this.resolve(reference);
      return undefined;
    } catch (error) {
      if (error instanceof SecretUnavailable) return error.message;
      throw error;
    }
  }

  async #read(reference: string): Promise<string> {
    const colon = reference.indexOf(':');
    const rest = reference.slice(colon + 1).trim();
    switch (reference.slice(0, colon)) {
      case 'env':
        return this.#readVariable(rest);
      case 'file':
        return readSecretFile(rest);
      case 'vault':
        return this.#readVault(reference);
      default:
        throw new SecretUnavailable('a secret is given by reference: env:NAME, file:/path or vault:automation/<path>');
    }
  }

  #readVariable(name: string): string {
    const value = this.#p.environment[name];
    if (value !== undefined && value !== '') return value;
    throw new SecretUnavailable(`env:${name} is not set in the environment that the daemon was started with`);
  }

  async #readVault(reference: string): Promise<string> {
    const name = reference.startsWith(VAULT_PREFIX) ? reference.slice(VAULT_PREFIX.length) : '';
    const reading = await this.#p.vault.read({ name });
    if (reading.ok) return reading.value;
    throw new SecretUnavailable(`${reference} ${reading.why}`);
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
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) throw new SecretUnavailable(`file:${path} cannot be read by the daemon`);
  // Editors end files with a newline that is no part of the secret.
  const value = text.replace(/\r?\n$/u, '');
  if (value === '') throw new SecretUnavailable(`file:${path} is empty`);
  return value;
}

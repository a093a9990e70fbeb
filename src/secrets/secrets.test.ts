import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Redactor } from './redactor.ts';
import { SecretReferences, SecretUnavailable } from './secret-references.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rouse-secrets-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function secretFile(p: { text: string; mode: number }): Promise<string> {
  const file = path.join(folder, 'secret');
  await writeFile(file, p.text);
  await chmod(file, p.mode);
  return `file:${file}`;
}

const resolve = (reference: string, environment: Record<string, string> = {}, redactor = new Redactor()) =>
  new SecretReferences({
    environment,
    redactor,
    vault: {
      read: async ({ name }) =>
        name === 'here' ? { ok: true, value: 'from the vault' } : { ok: false, why: 'is not in the vault' },
    },
  }).resolve(reference);

test('an environment variable is resolved from the environment that was handed in', async () => {
  expect(await resolve('env:KEY', { KEY: 'sk-12345678' })).toBe('sk-12345678');
  await expect(resolve('env:KEY')).rejects.toThrow(SecretUnavailable);
  await expect(resolve('env:KEY', { KEY: '' })).rejects.toThrow('env:KEY is not set');
});

test('a file gives its text without the last newline, and only when nobody else may read it', async () => {
  expect(await resolve(await secretFile({ text: 'hidden value\n', mode: 0o600 }))).toBe('hidden value');
  await expect(resolve(await secretFile({ text: 'hidden value', mode: 0o644 }))).rejects.toThrow('chmod 600');
  await expect(resolve(`file:${folder}/nothing`)).rejects.toThrow('is not there');
  await expect(resolve(`file:${folder}`)).rejects.toThrow('is not there');
});

test('the vault is asked by the name behind its prefix', async () => {
  expect(await resolve('vault:automation/here')).toBe('from the vault');
  await expect(resolve('vault:automation/x')).rejects.toThrow('vault:automation/x is not in the vault');
  await expect(resolve('vault:elsewhere/here')).rejects.toThrow(SecretUnavailable);
});

test('what is no reference is refused without being repeated', async () => {
  await expect(resolve('sk-live-1234567')).rejects.toThrow(/^a secret is given by reference/);
});

test('a resolved value is taken out of texts, also where JSON escapes it', async () => {
  const redactor = new Redactor();
  await resolve('env:KEY', { KEY: 'quo"ted\\value' }, redactor);
  expect(redactor.redact('before quo"ted\\value after')).toBe('before [redacted] after');
  expect(redactor.redact(JSON.stringify({ key: 'quo"ted\\value' }))).toBe('{"key":"[redacted]"}');
  expect(redactor.redact('nothing here')).toBe('nothing here');
});

test('short values stay, because replacing them would garble everything', () => {
  const redactor = new Redactor();
  redactor.remember('abc');
  expect(redactor.redact('abcabc')).toBe('abcabc');
});

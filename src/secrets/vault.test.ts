import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { MasterKeys } from './master-key.ts';
import { Redactor } from './redactor.ts';
import { keyIdOf, seal, unseal } from './sealing.ts';
import { Vault } from './vault.ts';

const VALUE = 'a value that must never be seen';
const WORDS = 'correct horse battery staple';
const NOW = 1_700_000_000_000;

let home: string;
let store: Store;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rouse-vault-'));
  store = await openSqliteStore({ home, node: 'n', now: NOW });
});
afterEach(async () => {
  await store.close();
  await rm(home, { recursive: true });
});

function openVault(environment: Record<string, string> = {}): Vault {
  const keys = new MasterKeys({ home, environment, randomBytes });
  return new Vault({ store, keys, redactor: new Redactor(), randomBytes });
}

async function bytesOfHome(): Promise<Buffer> {
  const files = await readdir(home);
  return Buffer.concat(await Promise.all(files.map((file) => readFile(path.join(home, file)))));
}

describe('sealing', () => {
  const key = randomBytes(32);
  const nonce = randomBytes(12);
  const sealed = seal({ key, nonce, name: 'a', value: VALUE });

  test('opens with its key under its name, and for nobody else', () => {
    expect(unseal({ key, name: 'a', sealed })).toBe(VALUE);
    expect(unseal({ key, name: 'b', sealed })).toBeUndefined();
    expect(unseal({ key: randomBytes(32), name: 'a', sealed })).toBeUndefined();
  });

  test('does not open with any one bit changed, or cut off', () => {
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const other = Buffer.from(sealed);
      other[bit >> 3] = other[bit >> 3]! ^ (1 << (bit & 7));
      expect(unseal({ key, name: 'a', sealed: other })).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(unseal({ key, name: 'a', sealed: sealed.subarray(0, length) })).toBeUndefined();
    }
  });
});

describe('the vault', () => {
  test('gives back what was stored, also after a restart, and nothing of it lies in the home', async () => {
    const vault = openVault();
    expect(await vault.set({ now: NOW, name: 'a', value: VALUE })).toMatchObject({ created: true });
    expect(await vault.read({ name: 'a' })).toEqual({ ok: true, value: VALUE });
    expect(await openVault().read({ name: 'a' })).toEqual({ ok: true, value: VALUE });
    expect((await bytesOfHome()).includes(VALUE)).toBe(false);
    expect(JSON.stringify(await vault.list())).not.toContain(VALUE);
  });

  test('makes a key file for its owner alone, and closes one that others may read', async () => {
    await openVault().set({ now: NOW, name: 'a', value: VALUE });
    const file = path.join(home, 'master.key');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { chmod } = await import('node:fs/promises');
    await chmod(file, 0o644);
    expect(await openVault().read({ name: 'a' })).toMatchObject({ ok: true });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('two first secrets at once share one key', async () => {
    const vault = openVault();
    await Promise.all([
      vault.set({ now: NOW, name: 'a', value: VALUE }),
      vault.set({ now: NOW, name: 'b', value: VALUE }),
    ]);
    expect(await openVault().read({ name: 'a' })).toMatchObject({ ok: true });
    expect(await openVault().read({ name: 'b' })).toMatchObject({ ok: true });
  });

  test.each([
    ['words', WORDS],
    ['hex', randomBytes(32).toString('hex')],
    ['base64', randomBytes(32).toString('base64')],
  ])('takes ROUSE_MASTER_KEY as %s, and makes no file then', async (_, key) => {
    await openVault({ ROUSE_MASTER_KEY: key }).set({ now: NOW, name: 'a', value: VALUE });
    expect(await openVault({ ROUSE_MASTER_KEY: key }).read({ name: 'a' })).toEqual({ ok: true, value: VALUE });
    expect(await readdir(home)).not.toContain('master.key');
    expect(await openVault({ ROUSE_MASTER_KEY: `${key}x` }).read({ name: 'a' })).toMatchObject({ ok: false });
    expect(await openVault().read({ name: 'a' })).toMatchObject({
      ok: false,
      why: expect.stringContaining('master key'),
    });
  });

  test('says of a name that is not there how to store it', async () => {
    expect(await openVault().read({ name: 'x/y' })).toEqual({
      ok: false,
      why: 'is not in the vault; store it with `rouse secrets set x/y`',
    });
    await expect(openVault().remove({ name: 'x' })).rejects.toMatchObject({ code: 'secret_not_found' });
  });

  test('refuses a value beyond 64 KiB', async () => {
    const value = 'x'.repeat(64 * 1024 + 1);
    await expect(openVault().set({ now: NOW, name: 'a', value })).rejects.toMatchObject({ code: 'secret_too_large' });
  });

  test('a damaged key file is an error that names it, not a new key', async () => {
    await openVault().set({ now: NOW, name: 'a', value: VALUE });
    await writeFile(path.join(home, 'master.key'), 'short');
    const vault = openVault();
    expect(await vault.read({ name: 'a' })).toMatchObject({ ok: false, why: expect.stringContaining('master.key') });
    await expect(vault.set({ now: NOW, name: 'b', value: VALUE })).rejects.toMatchObject({ code: 'vault_locked' });
    expect(await readFile(path.join(home, 'master.key'), 'utf8')).toBe('short');
  });
});

describe('rotating the key', () => {
  test('seals everything with a new file, and the old key opens nothing', async () => {
    const vault = openVault();
    for (const name of ['a', 'b']) await vault.set({ now: NOW, name, value: `${VALUE} ${name}` });
    const before = await readFile(path.join(home, 'master.key'), 'utf8');
    expect(await vault.rotateKey()).toEqual({ resealed: 2, key_from: 'file' });
    expect(await readFile(path.join(home, 'master.key'), 'utf8')).not.toBe(before);
    expect(await openVault().read({ name: 'b' })).toEqual({ ok: true, value: `${VALUE} b` });
    await writeFile(path.join(home, 'master.key'), before);
    expect(await openVault().read({ name: 'b' })).toMatchObject({ ok: false });
  });

  test.each(['before', 'after'])('a crash %s the values were sealed anew loses none of them', async (when) => {
    const vault = openVault();
    await vault.set({ now: NOW, name: 'a', value: VALUE });
    const keys = new MasterKeys({ home, environment: {}, randomBytes });
    const old = await keys.current();
    const next = await keys.next();
    if (when === 'after') {
      await store.resealSecrets({
        key_id: next.id,
        reseal: ({ name, sealed }) =>
          seal({ key: next.key, nonce: randomBytes(12), name, value: unseal({ key: old.key, name, sealed })! }),
      });
    }
    expect(await openVault().read({ name: 'a' })).toEqual({ ok: true, value: VALUE });
    await openVault().rotateKey();
    expect(await openVault().read({ name: 'a' })).toEqual({ ok: true, value: VALUE });
    expect((await readdir(home)).filter((file) => file.startsWith('master.key'))).toEqual(['master.key']);
    const [now] = await store.listSecrets();
    expect(now!.key_id).toBe(keyIdOf(next.key));
  });

  test('values move from the file to ROUSE_MASTER_KEY, and on to another one', async () => {
    await openVault().set({ now: NOW, name: 'a', value: VALUE });
    expect(await openVault({ ROUSE_MASTER_KEY: WORDS }).rotateKey()).toEqual({ resealed: 1, key_from: 'environment' });
    expect(await readdir(home)).not.toContain('master.key');
    const moving = { ROUSE_MASTER_KEY: 'other words', ROUSE_MASTER_KEY_PREVIOUS: WORDS };
    expect(await openVault(moving).read({ name: 'a' })).toEqual({ ok: true, value: VALUE });
    expect(await openVault(moving).rotateKey()).toEqual({ resealed: 1, key_from: 'environment' });
    expect(await openVault({ ROUSE_MASTER_KEY: 'other words' }).read({ name: 'a' })).toEqual({
      ok: true,
      value: VALUE,
    });
  });

  test('is refused while a value cannot be opened, and changes nothing', async () => {
    await openVault({ ROUSE_MASTER_KEY: WORDS }).set({ now: NOW, name: 'a', value: VALUE });
    await expect(openVault({ ROUSE_MASTER_KEY: 'other words' }).rotateKey()).rejects.toMatchObject({
      code: 'vault_locked',
    });
    expect(await openVault({ ROUSE_MASTER_KEY: WORDS }).read({ name: 'a' })).toEqual({ ok: true, value: VALUE });
  });
});

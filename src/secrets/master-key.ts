/**
 * The keys of the vault: `ROUSE_MASTER_KEY`, or a file in the home that only its owner can read, made when the first
 * secret is stored. Several may be known at once: the file's successor during a rotation, and
 * `ROUSE_MASTER_KEY_PREVIOUS` while values move to a new variable.
 *
 * Rotation of the file survives a crash anywhere: the successor is written beside it first, then the values are sealed
 * again in one transaction, then it takes the old one's place. Whichever of the two a value needs is there until then.
 */
import { scrypt } from 'node:crypto';
import { chmod, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { KEY_BYTES, keyIdOf } from './sealing.ts';

export const KEY_FILE = 'master.key';
const NEXT_KEY_FILE = 'master.key.next';

export interface MasterKey {
  id: string;
  key: Uint8Array;
  from: 'environment' | 'file';
}

/** Why no key can be had; the sentence says what to do. */
export class KeyUnavailable extends Error {}

export interface MasterKeysParams {
  home: string;
  environment: Readonly<Record<string, string | undefined>>;
  randomBytes: (count: number) => Uint8Array;
}

export class MasterKeys {
  readonly #p: MasterKeysParams;
  /** Deriving one from words is slow on purpose, so it is done once. */
  readonly #derived = new Map<string, Promise<Uint8Array>>();
  #creating: Promise<MasterKey> | undefined;

  constructor(p: MasterKeysParams) {
    this.#p = p;
  }

  /** Every key that may open something, the current one first. Throws {@link KeyUnavailable}. */
  async all(): Promise<MasterKey[]> {
    const { ROUSE_MASTER_KEY: current, ROUSE_MASTER_KEY_PREVIOUS: previous } = this.#p.environment;
    const keys: MasterKey[] = [];
    for (const text of [current, previous]) {
      if (text === undefined || text === '') continue;
      const key = await this.#keyOf(text);
      keys.push({ id: keyIdOf(key), key, from: 'environment' });
    }
    for (const file of [KEY_FILE, NEXT_KEY_FILE]) {
      const key = await this.#readFile(file);
      if (key !== undefined) keys.push({ id: keyIdOf(key), key, from: 'file' });
    }
    return keys;
  }

  /** The one to seal with; makes the file when there is no key at all, and never twice, whoever asks meanwhile. */
  async current(): Promise<MasterKey> {
    const [first] = await this.all();
    if (first !== undefined) return first;
    this.#creating ??= this.#create(KEY_FILE).finally(() => (this.#creating = undefined));
    return this.#creating;
  }

  get isFromEnvironment(): boolean {
    return (this.#p.environment['ROUSE_MASTER_KEY'] ?? '') !== '';
  }

  /** The successor of the file's key; it takes its place with {@link settle}. One that a crash left behind is used. */
  async next(): Promise<MasterKey> {
    const left = await this.#readFile(NEXT_KEY_FILE);
    if (left !== undefined) return { id: keyIdOf(left), key: left, from: 'file' };
    return this.#create(NEXT_KEY_FILE);
  }

  /** Every value is sealed with the successor now: the old file goes. Harmless when there is no successor. */
  async settle(): Promise<void> {
    const next = this.#path(NEXT_KEY_FILE);
    if ((await stat(next).catch(() => undefined)) !== undefined) await rename(next, this.#path(KEY_FILE));
  }

  /** Nothing is sealed with the file's keys any more, because the environment's took over. */
  async dropFiles(): Promise<void> {
    for (const file of [KEY_FILE, NEXT_KEY_FILE]) await rm(this.#path(file), { force: true });
  }

  #path(file: string): string {
    return path.join(this.#p.home, file);
  }

  async #create(file: string): Promise<MasterKey> {
    const key = this.#p.randomBytes(KEY_BYTES);
    // Written beside and renamed: half a key would be the end of everything that is sealed with the whole one.
    const beside = this.#path(`${file}.new`);
    await rm(beside, { force: true });
    await writeFile(beside, `${Buffer.from(key).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await rename(beside, this.#path(file));
    return { id: keyIdOf(key), key, from: 'file' };
  }

  async #readFile(file: string): Promise<Uint8Array | undefined> {
    const where = this.#path(file);
    const found = await stat(where).catch(() => undefined);
    if (found === undefined) return undefined;
    if ((found.mode & 0o077) !== 0) await chmod(where, 0o600);
    const key = Buffer.from((await readFile(where, 'utf8')).trim(), 'base64');
    if (key.byteLength === KEY_BYTES) return key;
    throw new KeyUnavailable(`${where} is not a key of ${KEY_BYTES} bytes in base64; restore it from a backup`);
  }

  #keyOf(text: string): Promise<Uint8Array> {
    const known = this.#derived.get(text) ?? deriveKey(text);
    this.#derived.set(text, known);
    return known;
  }
}

/**
 * 32 bytes in base64 or hex are the key itself; anything else is taken for words, from which a key is derived slowly.
 * The salt is the same everywhere, so that a home that moves to another machine opens with the same words.
 */
async function deriveKey(text: string): Promise<Uint8Array> {
  if (/^[0-9a-f]{64}$/iu.test(text)) return Buffer.from(text, 'hex');
  const decoded = Buffer.from(text, 'base64');
  if (decoded.byteLength === KEY_BYTES && /^[A-Za-z0-9+/_-]{43}=?$/u.test(text)) return decoded;
  return (await promisify(scrypt)(text, 'rouse vault', KEY_BYTES)) as Buffer;
}

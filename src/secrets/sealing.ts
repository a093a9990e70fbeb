/**
 * How a value is sealed: AES-256-GCM with a fresh nonce each time. The name is authenticated with it, so a sealed value
 * that somebody copies under another name in the database opens for nobody.
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

export const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** Which key it is, in a form that may stand in the open: it says nothing about the key. */
export function keyIdOf(key: Uint8Array): string {
  return createHash('sha256').update('rouse vault key id\0').update(key).digest('hex').slice(0, 16);
}

/** Nonce, tag, ciphertext. `nonce` must never have been used with this key before. */
export function seal(p: { key: Uint8Array; nonce: Uint8Array; name: string; value: string }): Uint8Array {
  const cipher = createCipheriv(CIPHER, p.key, p.nonce);
  cipher.setAAD(boundTo(p.name));
  const ciphertext = Buffer.concat([cipher.update(p.value, 'utf8'), cipher.final()]);
  return Buffer.concat([p.nonce, cipher.getAuthTag(), ciphertext]);
}

/** Undefined when it was sealed with another key, under another name, or has been changed since. */
export function unseal(p: { key: Uint8Array; name: string; sealed: Uint8Array }): string | undefined {
  const bytes = Buffer.from(p.sealed);
  if (bytes.byteLength < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, p.key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(p.name));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const value = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([value, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function boundTo(name: string): Buffer {
  return Buffer.from(`rouse vault 1\0${name}`, 'utf8');
}

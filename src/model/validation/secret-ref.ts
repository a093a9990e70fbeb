/**
 * Where a secret may come from. A definition holds references only, never values.
 *
 * Automations take `env:NAME` and `vault:automation/<path>`, as the reference does. `file:/path` is for the daemon's own
 * configuration (agents, hooks), because a path is a fact about one machine while automations travel in packages,
 * workspaces and through the API: docs/decisions/0007.
 */
import { trimSpace } from '../../lib/go-text.ts';
import type { Problem } from '../problem.ts';
import { valueKind } from './value-kind.ts';

const envName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The path below `vault:automation/`: parts of letters, digits, `_ . -`, the first one in lower case. */
const vaultPath = /^[a-z0-9][a-z0-9_.-]*(?:\/[A-Za-z0-9][A-Za-z0-9_.-]*)*$/;

const vaultPrefix = 'vault:automation/';

type SecretRef =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'vault'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string };

/** Takes a reference apart; undefined when it is none. Surrounding space is dropped. */
function parseSecretRef(text: string): SecretRef | undefined {
  const ref = trimSpace(text);
  if (ref.startsWith('env:')) {
    const name = trimSpace(ref.slice('env:'.length));
    return envName.test(name) ? { kind: 'env', name } : undefined;
  }
  if (ref.startsWith(vaultPrefix)) {
    const path = ref.slice(vaultPrefix.length);
    return vaultPath.test(path) ? { kind: 'vault', path } : undefined;
  }
  if (ref.startsWith('file:')) {
    const path = ref.slice('file:'.length);
    return isAbsoluteFile(path) ? { kind: 'file', path } : undefined;
  }
  return undefined;
}

/** The reference in its one spelling; a text that is none stays as it is. */
export function canonicalSecretRef(text: string): string {
  const ref = parseSecretRef(text);
  if (ref === undefined) return text;
  if (ref.kind === 'env') return `env:${ref.name}`;
  return ref.kind === 'vault' ? `${vaultPrefix}${ref.path}` : `file:${ref.path}`;
}

/** Absolute on any system, so that it never depends on the folder the daemon was started in. */
function isAbsoluteFile(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/])./.test(path) && !path.includes('\0') && !path.endsWith('/');
}

/** The value is never shown: people paste the secret itself where a reference belongs. */
function problemOf(p: { value: unknown; path: string; kinds: readonly SecretRef['kind'][] }): Problem[] {
  const { value, path } = p;
  const wanted = p.kinds.includes('file')
    ? 'env:NAME, file:/absolute/path or vault:automation/<path>'
    : 'env:NAME or vault:automation/<path>';
  if (value !== undefined && value !== null && typeof value !== 'string') {
    return [{ path, code: 'wrong_type', message: `A secret reference is text, ${wanted}, not ${valueKind(value)}.` }];
  }
  const ref = parseSecretRef(value ?? '');
  if (ref !== undefined && p.kinds.includes(ref.kind)) return [];
  if (ref?.kind === 'file') {
    const message = `An automation takes no file: reference; use ${wanted}, for example after \`rouse secrets set\`.`;
    return [{ path, code: 'invalid_secret_ref', message }];
  }
  const message = `A secret is given by reference, never itself: write ${wanted}.`;
  return [{ path, code: 'invalid_secret_ref', message }];
}

/** The rule for the secrets of automations, such as `webhook_secret_ref`. */
export function validateSecretRef(value: unknown, path = ''): Problem[] {
  return problemOf({ value, path, kinds: ['env', 'vault'] });
}

/** The rule for the secrets of the daemon's own configuration (agents, hooks), which may also name a file. */
export function validateDaemonSecretRef(value: unknown, path = ''): Problem[] {
  return problemOf({ value, path, kinds: ['env', 'vault', 'file'] });
}

/** Where durable state lives, as configuration names it. */
import { describeValue, isSecretRef } from './value-key.ts';
import type { ValueKey } from './value-key.ts';

/** A PostgreSQL URL carries a password more often than not: only its host and database are shown. */
function shownStoreUrl(value: unknown): unknown {
  const url = typeof value === 'string' && /^postgres(ql)?:/.test(value) ? URL.parse(value) : undefined;
  return url ? `${url.protocol}//${url.host}${url.pathname}` : value;
}

export function storeUrl(p: { default: string; environment: string; description: string }): ValueKey<string> {
  return {
    kind: 'value',
    type: 'text',
    description: p.description,
    written: p.default,
    fallback: p.default,
    environment: p.environment,
    shown: shownStoreUrl,
    read(value) {
      if (typeof value !== 'string') {
        return {
          ok: false,
          code: 'wrong_type',
          message: `Here belongs "sqlite" or a URL, not ${describeValue(value)}.`,
        };
      }
      if (value === 'sqlite' || isSecretRef(value)) return { ok: true, value };
      const protocol = URL.parse(value)?.protocol;
      if (protocol === 'postgres:' || protocol === 'postgresql:') return { ok: true, value };
      // The text is not repeated: it may hold a password.
      const message =
        'This is not a store; write "sqlite", "postgres://…" or a secret reference such as "env:DATABASE_URL".';
      return { ok: false, code: 'invalid_format', message };
    },
  };
}

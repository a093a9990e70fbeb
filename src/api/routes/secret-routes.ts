/** The vault: values in, names out. */
import type { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import { formatInstant } from '../../model/instant.ts';
import { validateSecretRef } from '../../model/validation/secret-ref.ts';
import type { SecretListing } from '../../store/secret-store.ts';
import type { ApiDeps } from '../api-deps.ts';
import type { secret } from '../contract/secret.ts';
import type { Handlers } from '../endpoint.ts';
import { pageOf } from '../page-list.ts';

type SecretHandlers = Handlers<'listSecrets' | 'setSecret' | 'removeSecret' | 'rotateSecretKey'>;

const VAULT_PREFIX = 'vault:automation/';
/** Longer ones are no names but contents that went astray, so they are not repeated either. */
const NAME_LENGTH_MAX = 200;

export function secretRoutes(deps: ApiDeps): SecretHandlers {
  const { vault } = deps;
  return {
    async listSecrets({ query }) {
      const { items, ...more } = pageOf(await vault.list(), { query, keyOf: ({ name }) => name });
      return { body: { secrets: items.map(secretView), ...more } };
    },

    async setSecret({ params, body }) {
      const name = readName(params.name);
      const { created, secret: stored } = await vault.set({ now: deps.clock.now(), name, value: body.value });
      return { status: created ? 201 : 200, body: { secret: secretView(stored), created } };
    },

    async removeSecret({ params }) {
      await vault.remove({ name: readName(params.name) });
      return { body: undefined };
    },

    async rotateSecretKey() {
      return { body: { rotation: await vault.rotateKey() } };
    },
  };
}

/**
 * A name that no reference could spell would be a secret that nobody can use. The reference itself, whole or without its
 * scheme, names the same secret: people copy it out of their configuration.
 */
function readName(written: string): string {
  const name = written.replace(/^(?:vault:)?automation\//u, '');
  const isName = name.length <= NAME_LENGTH_MAX && validateSecretRef(VAULT_PREFIX + name).length === 0;
  if (isName) return name;
  const message =
    'A secret is named by parts of letters, digits and "_.-" with "/" between them, beginning with a small letter or digit, such as "github/deploy-key".';
  const problems = [{ path: 'name', code: 'invalid_format', message }];
  throw new AppError('validation_failed', { subject: 'name', problems: 1 }, { problems });
}

function secretView({ name, created_at, updated_at }: SecretListing): z.output<typeof secret> {
  return {
    name,
    ref: VAULT_PREFIX + name,
    created_at: formatInstant(created_at),
    updated_at: formatInstant(updated_at),
  };
}

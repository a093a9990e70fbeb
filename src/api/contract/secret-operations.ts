/** What travels over the routes of the vault; composed into operations.ts. */
import { z } from 'zod';
import { operation } from './operation.ts';
import { nextCursor, pageQuery } from './wire-text.ts';
import { keyRotation, secret, secretInput } from './secret.ts';

export const secretOperations = {
  listSecrets: operation({
    tag: 'secrets',
    summary: 'List the names in the vault',
    description: 'Never a value: there is no route that gives one back.',
    access: 'token',
    query: pageQuery,
    reply: {
      status: 200,
      description: 'One page of names, in order.',
      schema: z.strictObject({ secrets: z.array(secret), next_cursor: nextCursor }),
    },
    errors: ['invalid_cursor'],
  }),
  setSecret: operation({
    tag: 'secrets',
    summary: 'Store a secret, also over an older value',
    description:
      'The name is what follows `vault:automation/` in a reference, with its slashes percent-encoded. The value is sealed before it is stored and never shown again.',
    access: 'token',
    body: { schema: secretInput, judge: 'contract', confidential: true },
    reply: {
      status: 200,
      description: 'The name.',
      others: { 201: 'It is new.' },
      schema: z.strictObject({ secret, created: z.boolean() }),
    },
    errors: ['secret_too_large', 'vault_full', 'vault_locked'],
  }),
  removeSecret: operation({
    tag: 'secrets',
    summary: 'Remove a secret',
    access: 'token',
    reply: { status: 204, description: 'It is gone.' },
    errors: ['secret_not_found', 'validation_failed'],
  }),
  rotateSecretKey: operation({
    tag: 'secrets',
    summary: 'Seal every secret with a new master key',
    description:
      'Makes a new key file; where ROUSE_MASTER_KEY is set, everything is sealed with what it holds now (the older key stands in ROUSE_MASTER_KEY_PREVIOUS or in the file).',
    access: 'token',
    reply: { status: 200, description: 'How many values were sealed anew.', schema: keyRotation },
    errors: ['vault_locked'],
  }),
};

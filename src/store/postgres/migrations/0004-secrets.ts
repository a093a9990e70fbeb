/** The vault's sealed values. A released file never changes. */
import type { Migration } from './migration.ts';

export const secrets: Migration = {
  version: 4,
  name: 'secrets',
  additive: true,
  sql: `
create table secrets (
  name text collate "C" primary key,
  -- Nonce, tag and ciphertext; the name is part of what the tag vouches for, so rows cannot be exchanged.
  sealed bytea not null,
  key_id text collate "C" not null,
  created_at bigint not null,
  updated_at bigint not null
);
`,
};

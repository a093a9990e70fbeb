/** The vault's sealed values. A released file never changes. */
import type { Migration } from './migration.ts';

export const secrets: Migration = {
  version: 5,
  name: 'secrets',
  sql: `
create table secrets (
  name text primary key,
  -- Nonce, tag and ciphertext; the name is part of what the tag vouches for, so rows cannot be exchanged.
  sealed blob not null,
  key_id text not null,
  created_at integer not null,
  updated_at integer not null
) strict, without rowid;
`,
};

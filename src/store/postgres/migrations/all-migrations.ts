/** Every migration in order. The list is code and not a folder listing, so that a bundle carries it. */
import { firstSchema } from './0001-first-schema.ts';
import type { Migration } from './migration.ts';

export const allMigrations: readonly Migration[] = [firstSchema];

/** The database: there, whole, and of a version that this program knows. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { allMigrations } from '../../store/sqlite/migrations/all-migrations.ts';
import { DATABASE_FILE } from '../../store/sqlite/open-sqlite-store.ts';
import { lookInto } from '../existing-database.ts';
import { type Finding, finding, ok } from './finding.ts';

/** Reading every page of more than this takes longer than somebody who asks "is all well" wants to wait. */
const CHECKED_WHOLE_MAX = 512 * 1_048_576;

export async function checkStore(p: { home: string }): Promise<Finding> {
  const check = 'store';
  const path = join(p.home, DATABASE_FILE);
  const file = await stat(path).catch(() => undefined);
  if (file === undefined) return { check, state: 'note', said: 'no database yet; the first start makes one' };
  try {
    const trouble = inspect(path, { whole: file.size <= CHECKED_WHOLE_MAX });
    if (trouble !== undefined) return finding('failure', { check, ...trouble });
    const size = `${Math.ceil(file.size / 1_048_576)} MiB`;
    return ok(
      check,
      file.size <= CHECKED_WHOLE_MAX ? `${size}, whole` : `${size}, opens (too large to read as a whole here)`,
    );
  } catch (error) {
    return finding('failure', {
      check,
      said: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      next: 'Restore a backup (rouse restore), and keep the damaged file for whoever looks into it.',
    });
  }
}

function inspect(path: string, p: { whole: boolean }): { said: string; next: string } | undefined {
  return lookInto(path, (database) => {
    const { user_version: version } = database.prepare('pragma user_version').get() as { user_version: number };
    const known = allMigrations.at(-1)!.version;
    if (version > known) {
      return {
        said: `it was made by a newer Rouse (schema ${version}, this one knows ${known})`,
        next: 'Use that version, or restore a backup from before the upgrade.',
      };
    }
    if (!p.whole) return undefined;
    const row = database.prepare('pragma quick_check(1)').get() as { quick_check: string };
    if (row.quick_check === 'ok') return undefined;
    const next = 'Stop the daemon and restore a backup: rouse restore <folder>.';
    return { said: `it is damaged: ${row.quick_check}`, next };
  });
}

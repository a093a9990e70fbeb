// A database with triggers from before events woke anybody, brought over: each finds its place in the index.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Connection } from '../connection.ts';
import { migrate } from '../migrate.ts';
import { findCandidates } from '../trigger-index.ts';
import { allMigrations } from './all-migrations.ts';

let folder: string;
let connection: Connection;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rouse-activations-'));
  connection = new Connection(path.join(folder, 'test.db'));
  migrate(connection, allMigrations.slice(0, 3));
});
afterEach(() => {
  connection.close();
  rmSync(folder, { recursive: true, force: true });
});

function addTrigger(id: string, p: { event: string; definition: string; workspace?: string }): void {
  connection.run(
    `insert into automations (id, kind, scope, workspace_id, name, source, agent_name, event, tags, search, revision,
      created_at, updated_at, definition) values (?, 'trigger', ?, ?, ?, 'dynamic', 'reviewer', ?, '', '', 1, 0, 0, ?)`,
    id,
    p.workspace === undefined ? 'global' : 'workspace',
    p.workspace ?? '',
    id,
    p.event,
    p.definition,
  );
}

function found(data: Record<string, unknown>, workspace?: string): string[] {
  const place =
    workspace === undefined ? { scope: 'global' as const } : { scope: 'workspace' as const, workspace_id: workspace };
  const envelope = { kind: 'ext.push', source: 'extension' as const, data, ...place };
  return findCandidates(connection, { envelope, after: 0 }).map(({ id }) => id);
}

test('triggers from before are found by an entry of their filter, or always where they have none', () => {
  addTrigger('trg_plain', { event: 'ext.push', definition: '{}' });
  addTrigger('trg_filtered', { event: 'ext.push', definition: '{"filter":{"data.b":"2","data.a":"1"}}' });
  addTrigger('trg_broken', { event: 'ext.push', definition: 'not json' });
  addTrigger('trg_other', { event: 'ext.other', definition: '{}' });
  addTrigger('trg_hook', { event: 'webhook', definition: '{}' });
  addTrigger('trg_ws', { event: 'ext.push', definition: '{}', workspace: 'ws_1' });
  migrate(connection, allMigrations);
  expect(found({})).toEqual(['trg_plain', 'trg_broken']);
  expect(found({ a: 1, b: 2 })).toEqual(['trg_plain', 'trg_filtered', 'trg_broken']);
  expect(found({}, 'ws_1')).toEqual(['trg_ws']);
  expect(connection.all('pragma foreign_key_check')).toEqual([]);
});

test('one that is deleted leaves the index, and the paths in use', () => {
  addTrigger('trg_a', { event: 'ext.push', definition: '{"filter":{"data.a":"1"}}' });
  migrate(connection, allMigrations);
  connection.run(`delete from automations where id = 'trg_a'`);
  expect(found({ a: 1 })).toEqual([]);
  expect(connection.all('select * from trigger_paths')).toEqual([]);
});

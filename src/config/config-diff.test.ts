import { describe, expect, it } from 'vitest';
import { diffDefinitions, type DiffedDefinition } from './config-diff.ts';

const job = (name: string, fields: Record<string, unknown> = {}, parts: Partial<DiffedDefinition> = {}) => ({
  kind: 'job' as const,
  id: `job_${name}`,
  name,
  fields: { prompt: 'x', retry: { strategy: 'none', max_retries: 0 }, scheduler: { next_run_at: 1 }, ...fields },
  ...parts,
});
const check = (title: string, inForce: DiffedDefinition[], written: DiffedDefinition[], expected: object[]): void =>
  it(title, () => expect(diffDefinitions({ inForce, written })).toEqual(expected));

describe('what files would change', () => {
  check(
    'is nothing where nothing differs, whatever else is known of what is in force',
    [job('a')],
    [job('a', { retry: { max_retries: 0, strategy: 'none' }, scheduler: undefined })],
    [],
  );
  check(
    'is named field by field',
    [job('a', { tags: ['x'] })],
    [job('a', { prompt: 'y', schedule: { mode: 'at' } })],
    [{ kind: 'job', name: 'a', change: 'changed', fields: ['prompt', 'schedule', 'tags'] }],
  );
  check(
    'is what comes and what goes',
    [job('a')],
    [job('b', { prompt: 'y' })],
    [
      { kind: 'job', name: 'b', change: 'created' },
      { kind: 'job', name: 'a', change: 'deleted' },
    ],
  );
  check(
    'is a rename where nothing but the name differs',
    [job('a'), job('c')],
    [job('b'), job('c')],
    [{ kind: 'job', name: 'b', change: 'renamed', former_name: 'a' }],
  );
  check(
    'is one rename for one that goes',
    [job('a')],
    [job('b'), job('c')],
    [
      { kind: 'job', name: 'c', change: 'created' },
      { kind: 'job', name: 'b', change: 'renamed', former_name: 'a' },
    ],
  );
  check(
    'is no rename from one workspace to another',
    [job('a', {}, { workspace_id: 'ws_1' })],
    [job('b')],
    [
      { kind: 'job', name: 'b', change: 'created' },
      { kind: 'job', name: 'a', workspace_id: 'ws_1', change: 'deleted' },
    ],
  );
});

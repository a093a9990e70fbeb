import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { jobToml } from './automation-toml.ts';
import { tomlEntry } from './toml-text.ts';

describe('TOML text', () => {
  test('whatever a text holds is read back', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', '\\', '\n', "'", 'a', '\u007f', ' ') }),
    );
    fc.assert(
      fc.property(texts, fc.dictionary(fc.string(), texts), texts, (text, table, item) => {
        // A lone half of a character can be in no file.
        fc.pre([text, item, ...Object.entries(table).flat()].every((each) => each.isWellFormed()));
        const written = tomlEntry('list', { text, table, items: [item, 1.5, true] });
        expect(parse(written)).toEqual({ list: [{ text, table, items: [item, 1.5, true] }] });
      }),
    );
  });
});

describe('a job as an entry', () => {
  const p = { workspacePath: (id: string) => (id === 'ws_a' ? '/src/shop' : undefined) };
  const job = {
    id: 'job_1',
    name: 'review',
    scope: 'workspace',
    workspace_id: 'ws_a',
    agent_name: 'reviewer',
    prompt: 'One.\nTwo "quoted".',
    schedule: { mode: 'cron', expr: '0 9 * * 1-5', timezone: 'Europe/Paris' },
    enabled: true,
    retry: { strategy: 'none', max_retries: 0, base_delay: '' },
    fire_limit: { max: 12, window: '1h' },
    source: 'dynamic',
    created_at: '2026-11-22T12:00:00.000Z',
    next_fires: [],
    effective_enabled: true,
  };

  test('says what a person would write, and nothing of what only a reply shows', () => {
    expect(jobToml(job, p)).toBe(`[[automation.jobs]]
name = "review"
agent = "reviewer"
workspace = "/src/shop"
prompt = """
One.
Two "quoted"."""
schedule = { mode = "cron", expr = "0 9 * * 1-5", timezone = "Europe/Paris" }
fire_limit = { max = 12, window = "1h" }
`);
  });

  test('says that it is off', () => expect(jobToml({ ...job, enabled: false }, p)).toContain('enabled = false'));
});

import { describe, expect, it } from 'vitest';
import { recordedTerminal } from './recorded-terminal.ts';
import { type ApiRunDetail, runDetail, runTable } from './run-table.ts';

const { terminal } = recordedTerminal({ now: Date.UTC(2026, 10, 22, 12) });
const names = new Map([['job_a', 'nightly']]);
const run = (parts: Partial<ApiRunDetail> = {}): ApiRunDetail => ({
  id: 'run_1',
  job_id: 'job_a',
  status: 'running',
  attempt: 1,
  kind: 'schedule',
  created_at: '2026-11-22T11:59:00.000Z',
  started_at: '2026-11-22T11:59:00.000Z',
  ...parts,
});
const asking = run({
  permission: {
    title: 'Delete build\nand more',
    tool: 'shell',
    options: [
      { option_id: 'yes', name: 'Yes, once', kind: 'allow_once' },
      { option_id: 'no', name: '\u001b[2JNo', kind: 'reject_once' },
    ],
    asked_at: '2026-11-22T11:59:30.000Z',
    deadline_at: '2026-11-22T12:04:00.000Z',
  },
  waiting: {
    why: 'permission',
    sentence: 'Its agent asks for permission.',
    since_at: '2026-11-22T11:59:30.000Z',
    until_at: '2026-11-22T12:04:00.000Z',
  },
});

describe('a run whose agent asks', () => {
  it('shows what it asks, what may be answered, until when and how', () => {
    const lines = runDetail({ run: asking, names, terminal });
    expect(lines.slice(lines.indexOf('permission'))).toEqual([
      'permission',
      '  asks    Delete build (shell)',
      '  denied  2026-11-22 12:04:00  in 4 min, unless answered',
      '  option  yes  Yes, once',
      '  option  no  No',
      '  next    rouse runs allow run_1',
      '          rouse runs deny run_1',
    ]);
    expect(lines).toContain('waits    for an answer to its agent, until 2026-11-22 12:04:00, in 4 min');
  });
  it('says so in the table', () =>
    expect(runTable({ runs: [asking], names, terminal })[1]).toMatch(
      /asks: Delete build \(rouse runs allow or deny\)$/,
    ));
});

describe('what a run waits for', () => {
  const waits = (waiting: NonNullable<ApiRunDetail['waiting']>): string | undefined =>
    runDetail({ run: run({ status: 'scheduled', waiting }), names, terminal })
      .find((line) => line.startsWith('waits'))
      ?.replace(/^waits +/, '');
  it('is said in the zone of the viewer where it is a time, and in the words of the daemon otherwise', () => {
    const until_at = '2026-11-22T13:00:00.000Z';
    expect(waits({ why: 'not_before', sentence: 'x', until_at })).toBe('until 2026-11-22 13:00:00, in 1 h');
    expect(waits({ why: 'usage_limit', sentence: 'x', until_at })).toMatch(/^until 2026-11-22 13:00:00, in 1 h, when/);
    expect(waits({ why: 'slot', sentence: 'x', ahead: 2 })).toBe('for a free place, 2 before it');
    expect(waits({ why: 'paused', sentence: 'Everything is paused.' })).toBe('Everything is paused.');
    expect(waits({ why: 'agent_cap', sentence: 'The agent works.' })).toBe('The agent works.');
  });
});

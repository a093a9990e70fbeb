import { describe, expect, it } from 'vitest';
import type { ApiUsage } from '../client/client.ts';
import { recordedTerminal } from './recorded-terminal.ts';
import { usageLines, type UsageGroup } from './usage-text.ts';

const { terminal } = recordedTerminal({ now: Date.UTC(2026, 10, 22, 12) });
const day = (parts: Partial<ApiUsage['days'][number]>): ApiUsage['days'][number] => ({
  day: '2026-11-22',
  automation_id: 'job_a',
  agent_name: 'echo',
  runs: 1,
  tokens: 30,
  input_tokens: 10,
  output_tokens: 20,
  cost_usd: 0.1,
  ...parts,
});
const usage = (parts: Partial<ApiUsage> = {}): ApiUsage => ({
  since_day: '2026-11-15',
  days: [
    day({}),
    day({ automation_id: 'job_gone', agent_name: 'coder', cost_usd: 2, input_tokens: 12_000, tokens: 12_020 }),
    day({ day: '2026-11-21', runs: 3 }),
  ],
  totals: { runs: 5, tokens: 12_080, input_tokens: 12_020, output_tokens: 60, cost_usd: 2.2 },
  today: { tokens: 12_050, cost_usd: 2.1 },
  daily_budget: {},
  truncated: false,
  ...parts,
});
const names = new Map([['job_a', 'nightly']]);
const lines = (by: UsageGroup, parts: Partial<ApiUsage> = {}): string[] =>
  usageLines({ usage: usage(parts), by, names, terminal });

describe('usage for people', () => {
  it('has a line per automation, the dearest first, and the sums', () =>
    expect(lines('automation')).toEqual([
      'AUTOMATION  RUNS  TOKENS IN  OUT     COST',
      'job_gone       1      12.0k   20    $2.00',
      'nightly        4         20   40  $0.2000',
      'in all         5      12.0k   60    $2.20',
      'Since 2026-11-15 (UTC). Today so far: 12.1k tokens, $2.10.',
    ]));
  it('or one per agent, or per day, the newest first', () => {
    const firsts = (by: UsageGroup): string[] => lines(by).map((line) => line.split(' ')[0] ?? '');
    expect(firsts('agent').slice(0, 3)).toEqual(['AGENT', 'coder', 'echo']);
    expect(firsts('day').slice(0, 3)).toEqual(['DAY', '2026-11-22', '2026-11-21']);
  });
  it('says when nothing was used, and when days were left out', () => {
    expect(lines('day', { days: [] })).toEqual(['Nothing was used since 2026-11-15.']);
    expect(lines('day', { truncated: true }).at(-1)).toMatch(/older days were left out/);
  });
});

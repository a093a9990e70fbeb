import { describe, expect, test } from 'vitest';
import { askChoices, readAgents, readTimezone } from './init-questions.ts';
import { recordedTerminal } from './recorded-terminal.ts';

const installed = [
  { name: 'claude', title: 'Claude Code', config: '' },
  { name: 'gemini', title: 'Gemini CLI', config: '' },
];

function asked(answers: string[], given = {}) {
  const { terminal, written } = recordedTerminal({ now: 0, answers });
  return { choices: askChoices(terminal, { timezone: 'Europe/Paris', installed, given }), written };
}

describe('the questions', () => {
  test('Enter takes the usual answers', async () => {
    const { choices } = asked(['', '', '']);
    expect(await choices).toEqual({ timezone: 'Europe/Paris', agents: installed, example: true });
  });

  test('answers are read as people write them', async () => {
    const { choices } = asked(['asia/tokyo', 'gemini', 'N']);
    expect(await choices).toEqual({ timezone: 'Asia/Tokyo', agents: [installed[1]], example: false });
  });

  test('what was given beforehand is not asked', async () => {
    const { choices, written } = asked([], { timezone: 'UTC', agents: [], example: false, port: 7800 });
    expect(await choices).toEqual({ timezone: 'UTC', agents: [], example: false, port: 7800 });
    expect(written.err).toBe('');
  });

  test('a mistake is answered with the nearest name and asked again, three times', async () => {
    const { choices, written } = asked(['Europe/Pariss', 'Europe/Paris', 'gemni', 'none', 'n']);
    expect(await choices).toMatchObject({ timezone: 'Europe/Paris', agents: [] });
    expect(written.err).toContain('Did you mean Europe/Paris?');
    expect(written.err).toContain('Did you mean gemini?');
    await expect(asked(['x', 'y', 'z']).choices).rejects.toThrow(/no time zone "z"/);
  });

  test('where no agent is installed nobody is asked which', async () => {
    const { terminal, written } = recordedTerminal({ now: 0, answers: ['', 'n'] });
    expect(await askChoices(terminal, { timezone: 'UTC', installed: [], given: {} })).toMatchObject({ agents: [] });
    expect(written.err).toContain('No agent that Rouse knows is installed here');
  });
});

test('names are taken with commas or spaces, and everything or nothing by a word', () => {
  const read = (text: string) => readAgents(text, installed);
  expect([read('claude, gemini'), read('gemini claude'), read('all')]).toEqual(Array(3).fill({ value: installed }));
  expect(read('none')).toEqual({ value: [] });
  expect(readAgents('claude', [])).toEqual({ problem: '"claude" is not there: none is installed.' });
});

test('a zone gets its usual spelling', () => expect(readTimezone('europe/paris')).toEqual({ value: 'Europe/Paris' }));

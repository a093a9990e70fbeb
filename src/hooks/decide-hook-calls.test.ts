import { describe, expect, test } from 'vitest';
import type { Activation } from '../model/activation.ts';
import { decideHookCalls, type MatchableHook } from './decide-hook-calls.ts';

const activation = (kind: string, data: Record<string, unknown> = {}, parts: Partial<Activation> = {}): Activation => ({
  id: 'evt_1',
  kind,
  scope: 'global',
  source: 'observer',
  data: {
    run_id: 'run_1',
    automation_id: 'job_1',
    automation_kind: 'job',
    automation_name: 'nightly',
    agent_name: 'echo',
    ...data,
  },
  occurred_at: 1,
  accepted_at: 1,
  depth: 0,
  matching: false,
  considered: 0,
  matched: 0,
  ...parts,
});
const all: MatchableHook = {
  name: 'all',
  events: [
    'automation.job.post_fire',
    'automation.trigger.post_fire',
    'automation.run.completed',
    'automation.run.failed',
    'automation.run.canceled',
    'automation.fire.missed',
    'automation.paused',
  ],
  match: {},
};
const eventsOf = (one: Activation, hooks: readonly MatchableHook[] = [all]): string[] =>
  decideHookCalls({ activation: one, hooks }).map(({ hook, event }) => `${hook} ${event}`);

describe('what hooks call what happened', () => {
  test.each([
    ['run.completed', { started_at: 'x' }, ['all automation.job.post_fire', 'all automation.run.completed']],
    [
      'run.failed',
      { started_at: 'x', automation_kind: 'trigger' },
      ['all automation.trigger.post_fire', 'all automation.run.failed'],
    ],
    ['run.failed', {}, ['all automation.run.failed']],
    ['run.canceled', { reason: 'user' }, ['all automation.run.canceled']],
    ['run.canceled', { reason: 'misfire' }, ['all automation.fire.missed']],
    ['job.paused', {}, ['all automation.paused']],
    ['trigger.paused', {}, ['all automation.paused']],
    ['session.created', {}, []],
  ])('%s %j', (kind, data, events) => expect(eventsOf(activation(kind, data))).toEqual(events));

  test('what somebody outside calls the same is not the same', () => {
    expect(eventsOf(activation('run.failed', {}, { source: 'extension' }))).toEqual([]);
  });
});

describe('matching', () => {
  const failed = activation('run.failed', {}, { scope: 'workspace', workspace_id: 'ws_1' });
  const told = (match: MatchableHook['match']): boolean => eventsOf(failed, [{ ...all, match }]).length > 0;
  test('every given field must be its own', () => {
    expect(told({ agent_name: 'echo', automation: 'nightly', workspace_id: 'ws_1' })).toBe(true);
    expect(told({ agent_name: 'other' })).toBe(false);
    expect(told({ automation: 'other' })).toBe(false);
    expect(told({ workspace_id: 'ws_2' })).toBe(false);
  });
  test('a hook that does not name the event is not told', () => {
    expect(eventsOf(failed, [{ ...all, events: ['automation.run.completed'] }])).toEqual([]);
  });
});

test('the same event makes the same call for a hook, and another for another', () => {
  const ids = (name: string): string[] =>
    decideHookCalls({ activation: activation('run.failed'), hooks: [{ ...all, name }] }).map(({ id }) => id);
  expect(ids('a')).toEqual(ids('a'));
  expect(ids('a')).not.toEqual(ids('b'));
});

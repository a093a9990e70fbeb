import { describe, expect, test } from 'vitest';
import { answerPermission, decidePermission, matchesToolPattern, type PermissionDecision } from './permission.ts';
import type { PermissionOption } from './agent-driver.ts';

describe('a pattern matches', () => {
  const check = (title: string, pattern: string, tool: string, expected: boolean): void =>
    test(title, () => expect(matchesToolPattern({ pattern, tool })).toBe(expected));

  check('the same name', 'edit', 'edit', true);
  check('letter case aside', 'Bash', 'bash', true);
  check('not a part of the name', 'edit', 'edit_file', false);
  check('not a longer name', 'edit_file', 'edit', false);
  check('any ending after a star', 'mcp__github__*', 'mcp__github__create_issue', true);
  check('an empty ending after a star', 'edit*', 'edit', true);
  check('any beginning before a star', '*_file', 'read_file', true);
  check('around a star in the middle', 'a*c', 'abbbc', true);
  check('several stars by going back', '*ab*ab', 'abxabab', true);
  check('everything by a star', '*', 'anything', true);
  check('an empty name by a star', '*', '', true);
  check('nothing by an empty pattern', '', 'edit', false);
  check('dots literally', 'a.c', 'abc', false);
  test('a hostile pattern in time', () =>
    expect(matchesToolPattern({ pattern: '*a'.repeat(200), tool: 'a'.repeat(199) + 'b' })).toBe(false));
});

describe('the decision', () => {
  const check = (
    title: string,
    agent: { permission: PermissionDecision; allow_tools?: string[]; deny_tools?: string[] },
    expected: PermissionDecision,
  ): void =>
    test(title, () =>
      expect(decidePermission({ agent: { allow_tools: [], deny_tools: [], ...agent }, tool: 'edit' })).toBe(expected),
    );

  check(
    'is the policy when no pattern matches',
    { permission: 'ask', allow_tools: ['read'], deny_tools: ['rm'] },
    'ask',
  );
  check('allows a matching tool under ask', { permission: 'ask', allow_tools: ['ed*'] }, 'allow');
  check('allows a matching tool under deny', { permission: 'deny', allow_tools: ['edit'] }, 'allow');
  check('denies a matching tool under allow', { permission: 'allow', deny_tools: ['edit'] }, 'deny');
  check('denies where both match', { permission: 'allow', allow_tools: ['edit'], deny_tools: ['*'] }, 'deny');
});

describe('the answer', () => {
  const option = (kind: PermissionOption['kind']): PermissionOption => ({ option_id: kind, name: kind, kind });
  const check = (
    title: string,
    decision: 'allow' | 'deny',
    kinds: PermissionOption['kind'][],
    expected: string,
  ): void =>
    test(title, () => {
      const answer = answerPermission({ decision, options: kinds.map(option) });
      expect(answer.outcome === 'selected' ? answer.option_id : answer.outcome).toBe(expected);
    });

  check('allows once rather than always', 'allow', ['allow_always', 'allow_once', 'reject_once'], 'allow_once');
  check('allows always where only that is offered', 'allow', ['reject_once', 'allow_always'], 'allow_always');
  check('rejects once rather than always', 'deny', ['allow_once', 'reject_always', 'reject_once'], 'reject_once');
  check('rejects always where only that is offered', 'deny', ['allow_once', 'reject_always'], 'reject_always');
  check('cancels when nothing offered says no', 'deny', ['allow_once', 'allow_always'], 'cancelled');
  check('cancels when nothing is offered', 'allow', [], 'cancelled');
});

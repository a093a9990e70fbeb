import { describe, expect, it } from 'vitest';
import { checkEventKind, reportedSource } from './event-kind.ts';

function check(event: string, expected: string): void {
  it(`${JSON.stringify(event.slice(0, 40))}: ${expected}`, () =>
    expect(checkEventKind(event) ?? 'known').toContain(expected));
}

describe('the name of an event', () => {
  for (const known of [
    'session.stopped',
    'webhook',
    'run.failed',
    'ext.a',
    'ext.my-tool.done_2',
    'hook.notify.completed',
  ]) {
    check(known, 'known');
  }
  check('sesion.stoped', 'Did you mean "session.stopped"?');
  check('run.complete', 'Did you mean "run.completed"?');
  check('Webhook', 'Did you mean "webhook"?');
  check('hook.notify', 'Did you mean "hook.notify.completed"?');
  check('deploy.finished', 'Did you mean "ext.deploy.finished"?');
  check('my event', 'Did you mean "ext.my-event"?');
  check('ext.', 'Nothing can produce this event. There are session.created');
  check('ext.a..b', 'Nothing can produce');
  check(`ext.${'x'.repeat(300)}`, 'at most 200 characters');
  check('__proto__', 'Nothing can produce');
});

describe('what somebody outside reports', () => {
  const told = (kind: string): string => {
    const answer = reportedSource(kind);
    return 'source' in answer ? answer.source : answer.refused;
  };
  it('is an extension’s, or memory that was consolidated', () => {
    expect(told('ext.deploy')).toBe('extension');
    expect(told('memory.consolidated')).toBe('observer');
  });
  it('is nothing that only Rouse can know', () => {
    expect(told('run.failed')).toContain('Only Rouse itself tells this');
    expect(told('webhook')).toContain('Only Rouse itself');
    expect(told('hook.x.completed')).toContain('Only Rouse itself');
    expect(told('deploy')).toContain('Did you mean "ext.deploy"?');
    expect(told(`ext.${'x'.repeat(300)}`)).toContain('at most 200 characters');
  });
});

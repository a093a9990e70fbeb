import { expect, test } from 'vitest';
import { type HookAnswer, readHookAnswer } from './hook-answer.ts';

const check = (text: string, answer: HookAnswer): void => expect(readHookAnswer(text)).toEqual(answer);
const refused = (text: string, problem: RegExp): void =>
  expect(readHookAnswer(text)).toEqual({ ok: false, problem: expect.stringMatching(problem) });

test('nothing, an empty object and what nobody asked for let the run pass', () => {
  check('', { ok: true });
  check(' \n', { ok: true });
  check('{}', { ok: true });
  check('{"cancel": false, "more": 1}', { ok: true });
});
test('a prompt replaces the prompt', () => check('{"prompt": "do this"}', { ok: true, prompt: 'do this' }));
test('a cancellation carries its reason, and wins over a prompt', () => {
  check('{"cancel": true, "reason": "nothing to do"}', { ok: true, cancel: { reason: 'nothing to do' } });
  check('{"cancel": true, "prompt": "x"}', { ok: true, cancel: { reason: '' } });
});
test('what is no answer is refused, so that a mistake is not taken for a yes', () => {
  refused('nothing to do', /not JSON/);
  refused('[]', /not a JSON object/);
  refused('null', /not a JSON object/);
  refused('{"prompt": 1}', /not text/);
  refused('{"prompt": " "}', /empty/);
  refused('{"cancel": "yes"}', /neither true nor false/);
  refused('{"cancel": true, "reason": 5}', /not text/);
});

import { expect, test } from 'vitest';
import { KNOWN_AGENTS } from '../known-agents.ts';
import { versionIn } from './probe.ts';

const check = (said: string, expected: string | undefined): void =>
  test(`version in ${JSON.stringify(said)}`, () => expect(versionIn(said)).toBe(expected));
check('2.1.197 (Claude Code)', '2.1.197');
check('WARNING: proceeding, even though 1.2.3\ncodex-cli 0.171.0', '0.171.0');
check('@agentclientprotocol/codex-acp 2.6.0', '2.6.0');
check('1.0.0-beta.2', '1.0.0-beta.2');
check('unknown', undefined);

const read = (name: string, output: string, code = 0): boolean | undefined =>
  KNOWN_AGENTS.find((known) => known.name === name)!.login!.read({ code, output });
test('who is logged in is read from what the programs say', () => {
  expect(read('claude', '{\n  "loggedIn": true,\n  "authMethod": "api_key"\n}')).toBe(true);
  expect(read('claude', '{\n  "loggedIn": false\n}', 1)).toBe(false);
  expect(read('claude', 'unknown command', 1)).toBeUndefined();
  expect(read('codex', 'Not logged in', 1)).toBe(false);
  expect(read('codex', 'Logged in using ChatGPT')).toBe(true);
  expect(read('opencode', '└  0 credentials')).toBe(false);
  expect(read('opencode', '└  0 credentials\n└  1 environment variable')).toBe(true);
  expect(read('opencode', 'odd')).toBeUndefined();
});

// What the shells make of the scripts. bash is everywhere and really completes here; the others at least parse theirs,
// where they are installed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cli } from '../command.ts';
import { createProgram } from '../program.ts';
import { recordedTerminal } from '../recorded-terminal.ts';
import { bashScript } from './bash-script.ts';
import { commandWords } from './command-words.ts';
import { fishScript } from './fish-script.ts';
import { zshScript } from './zsh-script.ts';

const idle = {
  terminal: recordedTerminal({ now: 0 }).terminal,
  environment: { defaultHome: '', cwd: '', platform: 'linux', variables: {} },
} as unknown as Cli;
const words = commandWords(createProgram({ cli: idle, version: '1.2.3' }));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rouse-completion-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(shell: string, script: string): string {
  const file = join(folder, shell);
  writeFileSync(file, script);
  return file;
}

/** What bash offers for the last of these words. */
function completed(line: readonly string[]): string[] {
  const script = `${bashScript(words)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rouse; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script, 'bash', ...line], { encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').filter((word) => word !== '');
}

describe('bash', () => {
  test.each([
    [['rouse', 'jo'], ['jobs']],
    [['rouse', 'jobs', 'cre'], ['create']],
    [['rouse', 'runs', 'list', '--sta'], ['--status']],
    [['rouse', 'runs', 'list', '--status', 'ca'], ['canceled']],
    [
      ['rouse', 'runs', 'list', '-o', ''],
      ['table', 'json', 'jsonl', 'yaml'],
    ],
    [['rouse', '--home', 'jobs', 'ru'], ['runs']],
    [['rouse', 'completion', '--ho'], ['--home']],
    [['rouse', 'jobs', 'create', '--name', 'x'], []],
    [['rouse', 'nonsense', 'zz'], []],
  ])('%j is finished with %j', (line, expected) => expect(completed(line)).toEqual(expected));

  test('every command is offered after its parent', () => {
    for (const { path, commands } of words.filter((each) => each.commands.length > 0)) {
      expect(completed(['rouse', ...path, ''])).toEqual(expect.arrayContaining(commands.map(({ name }) => name)));
    }
  });
});

describe.each([
  ['zsh', zshScript],
  ['fish', fishScript],
])('%s', (shell, script) => {
  test('every command and every option is in it', () => {
    const text = script(words);
    for (const { commands, options } of words) {
      for (const { name } of commands) expect(text).toContain(name);
      for (const { flags } of options) for (const flag of flags) expect(text).toContain(flag.replace(/^-+/, ''));
    }
  });

  test('the shell can read it', (context) => {
    if (spawnSync(shell, ['--version']).error !== undefined) context.skip(`${shell} is not installed`);
    const { stderr, status } = spawnSync(shell, ['-n', fileOf(shell, script(words))], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });
});

describe('fish', () => {
  test.each([
    ['rouse jobs cre', 'create'],
    ['rouse runs list --status ca', 'canceled'],
    ['rouse --home jobs runs li', 'list'],
  ])('"%s" is finished with %s', (line, expected) => {
    const command = `source ${fileOf('fish', fishScript(words))}; complete -C '${line}'`;
    const fish = spawnSync('fish', ['--no-config', '-c', command], { encoding: 'utf8' });
    // Not a skip: the row above says that it is not installed.
    if (fish.error !== undefined) return;
    const offered = fish.stdout.split('\n').map((each) => each.split('\t')[0]);
    expect(offered.filter((word) => word !== '')).toEqual([expected]);
  });
});

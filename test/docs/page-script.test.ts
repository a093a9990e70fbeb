import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { pageScript } from './page-script.ts';

function run(commands: string): { status: number | null; output: string } {
  const script = pageScript(`# Page\n\n\`\`\`sh run\n${commands}\n\`\`\`\n`);
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-euo', 'pipefail', '-c', script!], {
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

test('a page without marked blocks has no script', () => expect(pageScript('```sh\nfalse\n```\n')).toBeUndefined());

test('commands stand on the lines of the page, and nothing else does', () => {
  expect(pageScript('Text.\n```sh run\necho a\n```\nMore.\n```sh run\necho b\n```')).toBe('\n\necho a\n\n\n\necho b\n');
});

test('what fails fails the page', () => expect(run('false\necho later')).toEqual({ status: 1, output: '' }));

test('a variable of one block is there in the next', () =>
  expect(run('a=1\n```\n\n```sh run\necho "$a"').output).toBe('1\n'));

test.each([
  ['(exit 3)   # ends with 3', 0],
  ['(exit 3)   # ends with 4', 1],
  ['true       # ends with 1', 1],
  ["echo 'it is well'  # says: is well", 0],
  ["echo 'it is well'  # says: is bad", 1],
  ['(echo no >&2; exit 5)  # ends with 5, says: no', 0],
  ['echo "it\'s"  # says: it\'s', 0],
  ['echo a   # a plain comment', 0],
])('%s ends with %i', (line, status) => expect(run(line).status).toBe(status));

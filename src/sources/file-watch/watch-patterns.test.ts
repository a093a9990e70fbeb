import { describe, expect, it } from 'vitest';
import { WatchPatterns } from './watch-patterns.ts';

function check(patterns: string[], path: string, expected: boolean): void {
  it(`${patterns.join(' ')} ${expected ? 'takes' : 'leaves'} ${path}`, () =>
    expect(new WatchPatterns(patterns).matches(path)).toBe(expected));
}

describe('a pattern', () => {
  check(['src/**/*.ts'], 'src/a.ts', true);
  check(['src/**/*.ts'], 'src/deep/er/a.ts', true);
  check(['src/**/*.ts'], 'test/a.ts', false);
  check(['./src/*.ts'], 'src/a.ts', true);
  check(['README.md'], 'README.md', true);
  check(['*'], '.env', false);
  check(['.env'], '.env', true);
  check(['**/*'], '.git/index', false);
  check(['**/*.{ts,js}'], 'a/b.js', true);
  check(['src/**', '!src/**/*.test.ts'], 'src/a.test.ts', false);
  check(['src/**', '!src/**/*.test.ts'], 'src/a.ts', true);
});

describe('a folder', () => {
  function enters(patterns: string[], folder: string, expected: boolean): void {
    it(`${folder} is ${expected ? '' : 'not '}looked into for ${patterns.join(' ')}`, () =>
      expect(new WatchPatterns(patterns).mayContain(folder)).toBe(expected));
  }
  enters(['src/**/*.ts'], 'src', true);
  enters(['src/**/*.ts'], 'src/deep', true);
  enters(['src/**/*.ts'], 'test', false);
  enters(['*.md'], 'docs', false);
  enters(['docs/*.md'], 'docs', true);
  enters(['docs/*.md'], 'docs/deep', false);
  enters(['**/*.ts'], 'node_modules', false);
  enters(['**/*.ts'], 'packages/a/node_modules', false);
  enters(['node_modules/x/**'], 'node_modules/x', true);
  enters(['**/*.ts'], '.git', false);
  enters(['{a,b/c}/x.ts'], 'b', true);
  enters(['src/**', '!src/generated/**'], 'src/generated', false);
});

/**
 * What may not be called, where it may be all the same, and what to use instead.
 * The rules exist because what reads the clock, the environment or chance by itself cannot be simulated.
 */
import type { SourceFile } from './source-file.ts';
import type { Violation } from './violation.ts';

interface Ban {
  /** Of {@link SourceFile.uses}: exact, or a beginning when it ends in `*`. */
  uses: readonly string[];
  /** Names that may not be imported, by module; `*` stands for all of it. */
  imports?: Readonly<Record<string, readonly string[]>>;
  /** A use with arguments is harmless: `new Date(ms)`. */
  onlyWithoutArguments?: boolean;
  /** Path beginnings where it is allowed, with the reason. */
  allowed: Readonly<Record<string, string>>;
  instead: string;
}

const tests = {
  'test/': 'tests are outside of the simulated world',
  'bench/': 'measures real time',
  'scripts/': 'run by people, outside of the simulated world',
};
const echoAgent = { 'src/agents/echo/': 'a program of its own, outside of the simulated world' };

const bans: readonly Ban[] = [
  {
    uses: [
      'Date.now()',
      'Date()',
      'Temporal.Now.*',
      'performance.now()',
      'process.hrtime()',
      'process.hrtime.bigint()',
      'process.uptime()',
    ],
    allowed: { 'src/clock/': 'the one door to the time', 'web/clock/': 'the page’s own', ...tests },
    instead: 'take `now` as an argument, or a Clock (src/clock/clock.ts) where a loop needs one',
  },
  {
    uses: ['new Date()'],
    onlyWithoutArguments: true,
    allowed: { 'src/clock/': 'the one door to the time', 'web/clock/': 'the page’s own', ...tests },
    instead: 'take `now` as an argument, or a Clock (src/clock/clock.ts) where a loop needs one',
  },
  {
    uses: ['setTimeout()', 'setInterval()', 'AbortSignal.timeout()', 'scheduler.wait()'],
    imports: {
      'node:timers/promises': ['setTimeout', 'setInterval'],
      'node:timers': ['setTimeout', 'setInterval'],
    },
    allowed: { 'src/clock/': 'the one door to timers', 'web/clock/': 'the page’s own', ...echoAgent },
    instead:
      'use `clock.after` or `delay` (src/clock/clock.ts); a test waits for an event or with `vi.waitFor` for a condition',
  },
  {
    uses: ['Math.random()', 'crypto.randomUUID()', 'crypto.getRandomValues()', 'randomUUID()', 'randomBytes()'],
    imports: { 'node:crypto': ['randomBytes', 'randomUUID', 'randomInt', 'randomFillSync', 'randomUUIDv7'] },
    allowed: { 'src/daemon/': 'hands randomness to all others', ...tests },
    instead: 'take the random value or a source of them as an argument; the daemon hands it in',
  },
  {
    uses: ['process.env', 'process.env.*'],
    allowed: {
      'src/daemon/': 'reads the environment for all others',
      'src/cli/environment.ts': 'the one file of the command line that does',
      'web/vite.config.ts': 'run by developers, outside of the page',
      ...tests,
      ...echoAgent,
    },
    instead: 'take the value as an argument; src/daemon and src/cli/environment.ts read the environment',
  },
  {
    uses: ['console.*'],
    allowed: {},
    instead: 'report a Happening, return a value, or write to the stream you were handed',
  },
  {
    uses: ['it.only()', 'test.only()', 'describe.only()', 'fit()', 'fdescribe()'],
    allowed: {},
    instead: 'remove `.only`: it switches all other tests off',
  },
];

const matches = (pattern: string, text: string): boolean =>
  pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;

const isUnitTest = (path: string): boolean => /\.test\.tsx?$/.test(path);

function isAllowed(ban: Ban, path: string): boolean {
  if (isUnitTest(path) && 'test/' in ban.allowed) return true;
  return Object.keys(ban.allowed).some((beginning) => path.startsWith(beginning));
}

export function checkBannedUses(source: SourceFile): Violation[] {
  return bans.flatMap((ban) => {
    if (isAllowed(ban, source.path)) return [];
    const used = source.uses
      .filter(({ text }) => ban.uses.some((pattern) => matches(pattern, text)))
      .filter(({ argumentCount }) => !ban.onlyWithoutArguments || argumentCount === 0)
      .map(({ text, line }) => ({ text, line }));
    const imported = source.imports.flatMap(({ specifier, names, typeOnly, line }) => {
      const banned = ban.imports?.[specifier];
      if (banned === undefined || typeOnly) return [];
      const bannedNames = banned.includes('*') ? [specifier] : names.filter((name) => banned.includes(name));
      return bannedNames.map((text) => ({ text, line }));
    });
    // `Date.now()` is seen as a call and as its own callee; one message per line and text is enough.
    const seen = new Set<string>();
    return [...used, ...imported]
      .filter(({ text, line }) => {
        const key = `${line} ${text.replace(/\(\)$/, '')}`;
        return seen.has(key) ? false : seen.add(key);
      })
      .map(({ text, line }) => ({ path: source.path, line, message: `uses ${text}: ${ban.instead}` }));
  });
}

/** Switching the type check off, by comment or by assertion. */
export function checkTypeEscapes(source: SourceFile): Violation[] {
  const comments = source.comments
    .filter(({ text }) => /^[\s*]*@ts-(ignore|nocheck|expect-error)/.test(text))
    .map(({ line }) => ({ line, message: 'switches the type check off: parse into a type that is right instead' }));
  const assertions = source.anyAssertions.map((line) => ({
    line,
    message: '`as any`: name the type, or take `unknown` and narrow it',
  }));
  return [...comments, ...assertions].map((found) => ({ path: source.path, ...found }));
}

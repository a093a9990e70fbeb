/** What must hold for every file, not only for the ones we thought of. */
import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { expect, test } from 'vitest';
import { configKeys } from './keys/config-keys.ts';
import { listLeaves } from './key-table.ts';
import { loadConfig } from './load-config.ts';
import { memoryConfigFiles } from './testing/memory-config-files.ts';
import type { LoadedConfig } from './load-config.ts';

const MAIN = '/home/rouse.toml';
const VALID = `
[daemon]
port = 1234
[agents.echo]
command = ["echo-agent"]
[agents.other]
type = "http"
url = "http://127.0.0.1/"
[[automation.jobs]]
name = "first"
agent = "echo"
prompt = "p"
workspace = "/src/shop"
schedule = { mode = "cron", expr = "0 9 * * 1-5" }
[[automation.jobs]]
name = "second"
agent = "other"
prompt = "p"
schedule = "every:20s"
[[automation.triggers]]
name = "third"
agent = "echo"
prompt = "{{ .Data.x }}"
event = "ext.x"
[[hooks]]
name = "tell"
event = "automation.paused"
command = ["x"]
`;

function load(text: string | Uint8Array): Promise<LoadedConfig> {
  const files = memoryConfigFiles({ [MAIN]: text }, { folders: ['/src/shop'] });
  return loadConfig({ home: '/home', now: 0, workspaces: [], files, userHome: '/u' });
}

function expectPlaces(config: LoadedConfig): void {
  for (const problem of config.problems) {
    expect(problem.line, JSON.stringify(problem)).toBeGreaterThan(0);
    expect(problem.column, JSON.stringify(problem)).toBeGreaterThan(0);
    expect(problem.message).not.toBe('');
  }
}

const names = fc.oneof(
  fc.constantFrom(
    ...new Set(
      listLeaves(configKeys)
        .flatMap(({ path }) => path.split(/[.[\]<>]+/))
        .filter(Boolean),
    ),
  ),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', 'a.b', '"', '\n'),
  fc.string(),
);
const leaves = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constantFrom(
    'global',
    'workspace',
    'echo',
    'cron',
    '0 9 * * *',
    '30s',
    'every:1h',
    '/src/shop',
    '~',
    'at:2026-01-01T00:00',
    'env:X',
  ),
);
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaves, tie('table'), tie('list')),
  table: fc.dictionary(names, tie('value'), { maxKeys: 5 }),
  list: fc.array(fc.oneof(tie('table'), leaves), { maxLength: 3 }),
}));
const tables = fc.dictionary(names, anyValue, { maxKeys: 6 });

/** As TOML, or nothing where the library cannot write it. */
function toml(value: object): string {
  try {
    return stringify(value);
  } catch {
    return '';
  }
}

test('no bytes make loading fail', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => expectPlaces(await load(bytes))),
  );
});

test('no text makes loading fail', async () => {
  const pieces = fc.constantFrom(
    ...VALID.split(/(?<=\s)/),
    '[[',
    ']]',
    '{',
    '}',
    '"""',
    "'",
    '=',
    '\r',
    '\u0000',
    '\ufeff',
    '#',
  );
  const text = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }).map((parts) => parts.join(''));
  await fc.assert(fc.asyncProperty(text, async (one) => expectPlaces(await load(one))));
});

test('no table makes loading fail, and every problem has its place', async () => {
  await fc.assert(
    fc.asyncProperty(tables, async (table) => {
      const config = await load(toml(table));
      expectPlaces(config);
      // Looking everything up must be as safe as loading.
      expect(config.origins.size).toBeGreaterThan(20);
    }),
    { numRuns: 300 },
  );
});

test('a valid file with something cut out still never fails', async () => {
  const cut = fc.tuple(fc.nat(VALID.length), fc.nat(40), fc.string({ maxLength: 5 }));
  await fc.assert(
    fc.asyncProperty(cut, async ([start, length, instead]) => {
      expectPlaces(await load(VALID.slice(0, start) + instead + VALID.slice(start + length)));
    }),
    { numRuns: 300 },
  );
});

function inEffect(config: LoadedConfig): object {
  const { daemon, automation, agents, jobs, triggers, hooks } = config;
  return { daemon, automation, agents, jobs, triggers, hooks };
}

test('a broken entry changes nothing about the others', async () => {
  const before = await load(VALID);
  expect(before.problems).toEqual([]);
  expect(before.jobs).toHaveLength(2);
  let judged = 0;
  const lists = fc.constantFrom('automation.jobs', 'automation.triggers', 'hooks', 'watch', 'agents.broken');
  await fc.assert(
    fc.asyncProperty(lists, fc.dictionary(names, anyValue, { maxKeys: 5 }), async (list, entry) => {
      // An unknown key breaks whatever else it is, also an entry that would be good by accident.
      const body = { ...entry, surely_no_such_key: 1 };
      const parts = list.split('.');
      const nested = parts.reduceRight<object>(
        (inner, part, index) => ({ [part]: index === parts.length - 1 && list !== 'agents.broken' ? [inner] : inner }),
        body,
      );
      const text = toml(nested);
      // `[automation]` itself may be opened only once, and VALID does not open it by name.
      const after = await load(VALID + text.replace(/^\[(automation|agents)\]\n/, ''));
      if (after.unreadable_files.length > 0) return;
      judged += 1;
      expect(inEffect(after)).toEqual(inEffect(before));
      expect(after.problems.length).toBeGreaterThan(text === '' ? -1 : 0);
      expectPlaces(after);
    }),
    { numRuns: 300 },
  );
  // Few entries make the whole file unreadable; if most did, nothing would have been shown.
  expect(judged).toBeGreaterThan(250);
});

test('a file that was read survives being read again', async () => {
  const first = await load(VALID);
  const second = await load(VALID);
  expect(inEffect(second)).toEqual(inEffect(first));
  expect(second.fingerprint).toBe(first.fingerprint);
  expect((await load(`${VALID}\n`)).fingerprint).not.toBe(first.fingerprint);
});

import { describe, expect, test } from 'vitest';
import { jobIdFor, triggerIdFor, workspaceIdFor } from '../model/identifiers.ts';
import { explainConfig } from './explain-config.ts';
import { loadConfig } from './load-config.ts';
import { memoryConfigFiles } from './testing/memory-config-files.ts';
import type { LoadConfigParams, LoadedConfig } from './load-config.ts';

const MAIN = '/home/rouse.toml';
const NOW = 1_700_000_000_000;

function load(
  files: string | Parameters<typeof memoryConfigFiles>[0],
  p: Partial<LoadConfigParams> & { folders?: string[] } = {},
): Promise<LoadedConfig> {
  const { folders = ['/u/src/shop', '/home/near'], ...rest } = p;
  const contents = typeof files === 'string' ? { [MAIN]: files } : files;
  const memory = memoryConfigFiles(contents, { folders });
  return loadConfig({ home: '/home', now: NOW, workspaces: [], files: memory, userHome: '/u', ...rest });
}

const AGENT = '[agents.echo]\ncommand = ["echo-agent"]\n';

function job(lines: string, name = 'a'): string {
  return `[[automation.jobs]]\nname = "${name}"\nagent = "echo"\nprompt = "p"\n${lines}\n`;
}

function trigger(lines: string, name = 'a'): string {
  return `[[automation.triggers]]\nname = "${name}"\nagent = "echo"\nprompt = "p"\nevent = "ext.x"\n${lines}\n`;
}

const EVERY = 'schedule = "every:1h"';

/** `line:column path code`, one per problem. */
function told(config: LoadedConfig): string[] {
  return config.problems.map(({ line, column, path, code }) => `${line}:${column} ${path} ${code}`);
}

describe('without files', () => {
  test('the defaults are in effect, and a note says so', async () => {
    const config = await load({});
    expect(config.problems).toEqual([]);
    expect(config.notes).toMatchObject([{ file: MAIN, path: '' }]);
    expect(config).toMatchObject({
      files: [],
      keep_all: false,
      daemon: { host: '127.0.0.1', port: 7717, log_level: 'info', shutdown_grace_ms: 30_000, heartbeat_url: null },
      store: { url: 'sqlite' },
      automation: {
        enabled: true,
        timezone: 'UTC',
        max_concurrent_jobs: 5,
        max_concurrent_per_workspace: 0,
        default_fire_limit: { max: 12, window: '1h' },
        default_catch_up_policy: 'skip_missed',
        default_timeout: '1h',
        catch_up_spread_ms: 30_000,
        max_depth: 4,
        budget: { daily_tokens: null, daily_cost_usd: null },
      },
      retention: {
        runs: { max_age_ms: 365 * 86_400_000, max_count: null },
        transcripts: { max_age_ms: 30 * 86_400_000, max_bytes: 2 ** 31, per_run_bytes: 2 ** 24 },
        events: { max_age_ms: 30 * 86_400_000 },
        deliveries: { max_age_ms: 30 * 86_400_000 },
      },
      webhooks: { max_body_bytes: 2 ** 20, rate: { max: 120, window_ms: 60_000 }, tolerance_ms: 300_000 },
    });
  });

  test('an empty file is as good as none', async () => {
    const config = await load('');
    expect(config.problems).toEqual([]);
    expect(config.notes).toEqual([]);
    expect(config.files).toEqual([MAIN]);
  });
});

describe('what a file says takes effect', () => {
  test('settings', async () => {
    const config = await load(`
      [daemon]
      port = 0
      shutdown_grace = "0"
      heartbeat_url = "https://hc.example/ping"
      [automation]
      budget = { daily_cost_usd = 2.5 }
      default_timeout = "0"
      [retention]
      runs = { max_age = "0", max_count = 1000 }
      transcripts = { max_age = "1d12h", max_bytes = 0, per_run = "64KiB" }
      [webhooks]
      max_body = 2048
    `);
    expect(config.problems).toEqual([]);
    expect(config.daemon).toMatchObject({ port: 0, shutdown_grace_ms: 0, heartbeat_url: 'https://hc.example/ping' });
    expect(config.automation).toMatchObject({
      budget: { daily_tokens: null, daily_cost_usd: 2.5 },
      default_timeout: '0',
    });
    expect(config.retention).toMatchObject({
      runs: { max_age_ms: null, max_count: 1000 },
      transcripts: { max_age_ms: 129_600_000, max_bytes: null, per_run_bytes: 65_536 },
    });
    expect(config.webhooks.max_body_bytes).toBe(2048);
  });

  test('an agent has every default filled in', async () => {
    const { agents } = await load(AGENT);
    expect(agents).toEqual([
      {
        name: 'echo',
        type: 'acp',
        command: ['echo-agent'],
        preset: '',
        prompt_via: 'stdin',
        url: '',
        secret_ref: '',
        env: {},
        env_pass: ['PATH', 'HOME', 'LANG'],
        permission: 'ask',
        permission_timeout_ms: 300_000,
        allow_tools: [],
        deny_tools: [],
        max_concurrent: 0,
        timeout_ms: null,
        stall_timeout_ms: 900_000,
        stop_grace_ms: 10_000,
        mode: '',
        model: '',
        mcp_servers: [],
        rouse_scopes: [],
        worktree: false,
      },
    ]);
  });

  test('a job is complete and identified by scope, workspace and name', async () => {
    const { jobs, problems } = await load(AGENT + job(EVERY, 'nightly'));
    expect(problems).toEqual([]);
    expect(jobs).toEqual([
      {
        id: jobIdFor({ scope: 'global', name: 'nightly' }),
        scope: 'global',
        name: 'nightly',
        agent_name: 'echo',
        prompt: 'p',
        enabled: true,
        retry: { strategy: 'none', max_retries: 0, base_delay: '' },
        fire_limit: { max: 12, window: '1h' },
        timeout: '1h',
        source: 'config',
        schedule: { mode: 'every', interval: '1h', catch_up_policy: 'skip_missed' },
        created_at: NOW,
        updated_at: NOW,
      },
    ]);
  });

  test('defaults of [automation] go where a job says nothing', async () => {
    const settings =
      '[automation]\ndefault_fire_limit = { max = 3, window = "2h" }\ndefault_catch_up_policy = "replay"\ndefault_timeout = "5m"\n';
    const own =
      'schedule = { mode = "every", interval = "1h", catch_up_policy = "coalesce" }\ntimeout = "9m"\nfire_limit = { max = 9 }';
    const { jobs, triggers } = await load(settings + AGENT + job(EVERY) + job(own, 'b') + trigger(''));
    expect(jobs[0]).toMatchObject({
      fire_limit: { max: 3, window: '2h' },
      timeout: '5m',
      schedule: { catch_up_policy: 'replay' },
    });
    expect(jobs[1]).toMatchObject({
      fire_limit: { max: 9, window: '2h' },
      timeout: '9m',
      schedule: { catch_up_policy: 'coalesce' },
    });
    expect(triggers[0]).toMatchObject({ fire_limit: { max: 3, window: '2h' }, timeout: '5m' });
  });

  test('a webhook trigger gets the half of its address that it does not name', async () => {
    const lines =
      'event = "webhook"\nendpoint_slug = "deploy"\nwebhook_secret_ref = "env:S"\nfilter = { "data.action" = "deploy" }';
    const { triggers, problems } = await load(AGENT + trigger(lines, 'deploy').replace('event = "ext.x"\n', ''));
    expect(problems).toEqual([]);
    expect(triggers[0]).toMatchObject({ endpoint_slug: 'deploy', webhook_id: expect.stringMatching(/^wbh_/) });
  });

  test('the section of the reference system loads unchanged', async () => {
    const { jobs, triggers, problems, automation } = await load(
      `${AGENT}
      [automation]
      enabled = true
      timezone = "UTC"
      max_concurrent_jobs = 3
      default_fire_limit = { max = 10, window = "1h" }
      [[automation.jobs]]
      scope = "workspace"
      name = "daily"
      agent = "echo"
      workspace = "~/src/shop"
      prompt = "p"
      schedule = { mode = "cron", expr = "0 9 * * 1-5" }
      retry = { strategy = "backoff", max_retries = 3, base_delay = "2s" }
      fire_limit = { max = 1, window = "24h" }
      enabled = true
      [[automation.jobs]]
      scope = "global"
      name = "handed-over"
      schedule = { mode = "every", interval = "30m" }
      [automation.jobs.task]
      title = "t"
      [[automation.triggers]]
      scope = "global"
      name = "stopped"
      agent = "echo"
      prompt = "Look at {{ .Data.session_id }}"
      event = "session.stopped"
      filter = { "data.stop_reason" = "error" }
      retry = { strategy = "none" }
    `,
    );
    expect(problems).toEqual([]);
    expect(automation.max_concurrent_jobs).toBe(3);
    expect([jobs.length, triggers.length]).toEqual([2, 1]);
    expect(jobs[0]?.retry).toEqual({ strategy: 'backoff', max_retries: 3, base_delay: '2s' });
  });

  test('hooks and watched files', async () => {
    const { hooks, watch, problems } = await load(`
      [[hooks]]
      name = "tell"
      event = ["automation.run.failed", "automation.paused"]
      url = "https://hooks.example/T000/secret"
      secret_ref = "file:/etc/rouse/hook"
      match = { workspace = "~/src/shop", agent = "echo" }
      [[watch]]
      workspace = "shop"
      paths = ["src/**"]
    `);
    const workspace_id = workspaceIdFor({ path: '/u/src/shop' });
    expect(problems).toEqual([]);
    expect(hooks).toMatchObject([
      {
        name: 'tell',
        events: ['automation.run.failed', 'automation.paused'],
        timeout_ms: 10_000,
        match: { workspace_id, agent_name: 'echo' },
      },
    ]);
    expect(watch).toEqual([{ workspace_id, paths: ['src/**'], debounce_ms: 2000 }]);
  });

  test('an instant may be a TOML date-time with offset, and a past one is valid', async () => {
    const lines = 'schedule = { mode = "at", time = 2020-01-01T09:00:00+01:00, start_at = 2020-01-01T00:00:00Z }';
    const { jobs, problems } = await load(AGENT + job(lines));
    expect(problems).toEqual([]);
    expect(Date.parse(jobs[0]!.schedule!.time!)).toBe(Date.parse('2020-01-01T08:00:00Z'));
  });

  test('a wall time in a schedule text is one of the zone of [automation]', async () => {
    const { jobs } = await load(
      '[automation]\ntimezone = "Europe/Paris"\n' + AGENT + job('schedule = "at:2026-12-01T09:00"'),
    );
    expect(jobs[0]!.schedule).toMatchObject({ mode: 'at', time: '2026-12-01T09:00:00+01:00' });
  });
});

describe('workspaces', () => {
  const shop = { id: 'ws_1', name: 'shop', path: '/u/src/shop', trusted: true, created_at: 1 };

  test('a mentioned folder is registered, untrusted, and its jobs are of scope workspace', async () => {
    const config = await load(
      AGENT +
        job(`workspace = "~/src/shop"\n${EVERY}`) +
        job(`workspace = "near"\n${EVERY}`, 'b').replace('"near"', '"./near"'),
    );
    expect(config.problems).toEqual([]);
    expect(config.workspaces_to_register).toMatchObject([
      { name: 'shop', path: '/u/src/shop', trusted: false },
      { name: 'near', path: '/home/near', trusted: false },
    ]);
    expect(config.jobs[0]).toMatchObject({ scope: 'workspace', workspace_id: workspaceIdFor({ path: '/u/src/shop' }) });
  });

  test('a registered one is found by path, name and id', async () => {
    for (const text of ['~/src/shop', 'shop', 'ws_1']) {
      const config = await load(AGENT + job(`workspace = "${text}"\n${EVERY}`), { workspaces: [shop] });
      expect(config.problems).toEqual([]);
      expect(config.workspaces_to_register).toEqual([]);
      expect(config.jobs[0]?.workspace_id).toBe('ws_1');
    }
  });

  test('two folders of one name get two names', async () => {
    const text = AGENT + job(`workspace = "/a/shop"\n${EVERY}`) + job(`workspace = "/b/shop"\n${EVERY}`, 'b');
    const config = await load(text, { folders: ['/a/shop', '/b/shop'] });
    expect(config.workspaces_to_register.map((one) => one.name)).toEqual(['shop', 'shop-2']);
  });

  test('a missing folder is a problem of the entry alone', async () => {
    const config = await load(AGENT + job(`workspace = "~/gone"\n${EVERY}`) + job(EVERY, 'b'));
    expect(told(config)).toEqual(['7:13 automation.jobs[0].workspace folder_missing']);
    expect(config.jobs.map((one) => one.name)).toEqual(['b']);
  });

  test('a registered folder that is gone keeps the identity of its jobs', async () => {
    const config = await load(AGENT + job(`workspace = "shop"\n${EVERY}`), { workspaces: [shop], folders: [] });
    expect(config.keep_ids).toEqual([jobIdFor({ scope: 'workspace', workspace_id: 'ws_1', name: 'a' })]);
    expect(config.keep_all).toBe(false);
  });

  test('an unknown name gets a suggestion, and nothing may be deleted while it stands', async () => {
    const config = await load(AGENT + job(`workspace = "shpo"\n${EVERY}`), { workspaces: [shop] });
    expect(config.problems).toMatchObject([{ code: 'workspace_unknown', message: expect.stringContaining('"shop"') }]);
    expect(config.keep_all).toBe(true);
  });
});

describe('mistakes have their place', () => {
  function check(text: string, ...wanted: string[]): void {
    test(`${JSON.stringify(text)} → ${wanted.join(', ')}`, async () => {
      expect(told(await load(text))).toEqual(wanted);
    });
  }
  check('[daemon]\nprot = 1', '2:1 daemon.prot unknown_field');
  check('demon = 1', '1:1 demon unknown_field');
  check('[daemon]\nport = "x"', '2:8 daemon.port wrong_type');
  check('[daemon]\nport = 70000', '2:8 daemon.port out_of_range');
  check('[daemon]\nport = 99999999999999999999', '2:8 daemon.port out_of_range');
  check('[daemon]\nport = 1.5', '2:8 daemon.port wrong_type');
  check('[daemon]\nlog_level = "inof"', '2:13 daemon.log_level unknown_value');
  check('[daemon]\nhost = 2020-01-01', '2:8 daemon.host wrong_type');
  check('daemon = 1', '1:10 daemon wrong_type');
  check('[[daemon]]\nport = 1', '1:1 daemon wrong_type');
  check('[automation]\ntimezone = "Mars/Olympus"', '2:12 automation.timezone unknown_timezone');
  check('[automation]\ndefault_fire_limit = { max = 0 }', '2:30 automation.default_fire_limit.max out_of_range');
  check('[automation.jobs]\nname = "a"', '1:1 automation.jobs wrong_type');
  check('[retention]\nruns = { max_age = "x" }', '2:20 retention.runs.max_age invalid_duration');
  check('[webhooks]\nmax_body = "1 lot"', '2:12 webhooks.max_body invalid_format');
  check('[store]\nurl = "mysql://x"', '2:7 store.url invalid_format');
  check('[[agents]]\nname = "a"', '1:1 agents wrong_type');
  check('[agents.a]', '1:1 agents.a.command required');
  check(
    '[agents.a]\ntype = "http"\ncommand = ["x"]',
    '3:11 agents.a.command must_be_empty',
    '1:1 agents.a.url required',
  );
  check('[agents.a]\ncommand = ["x", 1]', '2:17 agents.a.command[1] wrong_type');
  check('[agents.a]\ncommand = ["x"]\nenv = { "A=B" = "x" }', '3:17 agents.a.env["A=B"] invalid_format');
  check('[agents.a]\ntype = "http"\nurl = "ftp://x"', '3:7 agents.a.url invalid_format');
  check('[[hooks]]\nname = "h"', '1:1 hooks[0].event required', '1:1 hooks[0].command required');
  check('[[hooks]]\nname = "h"\nevent = "automation.run.faild"\ncommand = ["x"]', '3:9 hooks[0].event unknown_value');
  check('[[watch]]\nworkspace = "~/src/shop"\npaths = []', '3:9 watch[0].paths required');
  check(`${AGENT}${job('schedule = "every:1h"\ntimout = "1m"')}`, '8:1 automation.jobs[0].timout unknown_field');
  check(`${AGENT}${job('')}`, '3:1 automation.jobs[0].schedule required');
  check(
    `${AGENT}${job('schedule = { mode = "cron", expr = "0 9 * *" }')}`,
    '7:36 automation.jobs[0].schedule.expr invalid_cron',
  );
  check(
    `${AGENT}${job('schedule = { mode = "cron", exp = "0 9 * * *" }')}`,
    '7:29 automation.jobs[0].schedule.exp unknown_field',
    '7:1 automation.jobs[0].schedule.expr required',
  );
  check(`${AGENT}${job('schedule = "0 9 * *"')}`, '7:12 automation.jobs[0].schedule invalid_cron');
  check(
    `${AGENT}${job('schedule = { mode = "at", time = 2020-01-01T09:00:00 }')}`,
    '7:34 automation.jobs[0].schedule.time invalid_instant',
  );
  check(`${AGENT}${job('schedule = "at:18:30"')}`, '7:12 automation.jobs[0].schedule invalid_instant');
  check(
    `${AGENT}${job(`${EVERY}\nfire_limit = { max = 0, window = "1h" }`)}`,
    '8:22 automation.jobs[0].fire_limit.max not_positive',
  );
  check(`${AGENT}${job(`${EVERY}\nscope = "workspace"`)}`, '3:1 automation.jobs[0].workspace required');
  check(
    `${AGENT}${job(`${EVERY}\nscope = "global"\nworkspace = "~/src/shop"`)}`,
    '9:13 automation.jobs[0].workspace must_be_empty',
  );
  check(`${AGENT}${job(EVERY).replace('"echo"', '"ecko"')}`, '5:9 automation.jobs[0].agent agent_unknown');
  check(`${AGENT}${job(EVERY).replace('agent = "echo"\n', '')}`, '3:1 automation.jobs[0].agent required');
  check(
    `${AGENT}${job(EVERY).replace('agent =', 'agent_name =')}`,
    '5:1 automation.jobs[0].agent_name unknown_field',
    '3:1 automation.jobs[0].agent required',
  );
  check(`${AGENT}${trigger('filter = { data.x = "y" }')}`, '8:12 automation.triggers[0].filter.data wrong_type');
  check(
    `${AGENT}${trigger('filter = { "nope" = "y" }')}`,
    '8:21 automation.triggers[0].filter.nope invalid_filter_path',
  );
  check(
    `${AGENT}${trigger('').replace('"p"', '"{{ .Nope }}"')}`,
    '6:10 automation.triggers[0].prompt invalid_template',
  );
});

describe('files that are no configuration', () => {
  async function check(content: Parameters<typeof memoryConfigFiles>[0][string], wanted: object): Promise<void> {
    const config = await load({ [MAIN]: content });
    expect(config.problems).toMatchObject([{ file: MAIN, path: '', ...wanted }]);
    expect(config).toMatchObject({ unreadable_files: [MAIN], keep_all: true, jobs: [], daemon: { port: 7717 } });
  }
  test('syntax errors have line, column and a frame', () =>
    check('[daemon]\nport = \n', { code: 'invalid_syntax', line: 2, frame: expect.stringContaining('2 | port =') }));
  test('a key given twice in one file', () => check('a = 1\na = 2', { code: 'invalid_syntax', line: 2, column: 1 }));
  test('a frame never shows what looks like a secret', async () => {
    const config = await load('[agents.a]\nenv = { API_TOKEN = "hunter2" }\nx = \n');
    expect(config.problems[0]!.frame).toContain('2 | env = { ');
    expect(config.problems[0]!.frame).toContain('3 | x =');
    expect(JSON.stringify(config.problems)).not.toContain('hunter2');
  });
  test('nesting without end', () => check(`a = ${'['.repeat(5000)}`, { code: 'invalid_syntax' }));
  test('bytes that are not UTF-8', () =>
    check(Buffer.from([0x61, 0x20, 0x3d, 0x0a, 0x62, 0xff]), { code: 'invalid_encoding', line: 2, column: 2 }));
  test('UTF-16 is named', () =>
    check(Buffer.from('\ufeffa = 1', 'utf16le'), {
      code: 'invalid_encoding',
      message: expect.stringContaining('UTF-16'),
    }));
  test('too large', () => check({ outcome: 'too_large', bytes: 10_000_000 }, { code: 'file_too_large' }));
  test('a folder', () => check({ outcome: 'not_a_file' }, { code: 'not_a_file' }));
  test('unreadable', () =>
    check(
      { outcome: 'unreadable', detail: 'EACCES' },
      { code: 'file_unreadable', message: expect.stringContaining('EACCES') },
    ));

  test('a byte order mark and Windows line ends are fine, and places count with them', async () => {
    const config = await load('\ufeff[daemon]\r\nport = 1\r\nprot = 2\r\n');
    expect(told(config)).toEqual(['3:1 daemon.prot unknown_field']);
    expect(config.daemon.port).toBe(1);
  });
});

describe('several files', () => {
  test('tables merge, lists add up, files come by name', async () => {
    const config = await load({
      [MAIN]: `[daemon]\nport = 1\n${AGENT}${job(EVERY)}`,
      '/home/conf.d/b.toml': job(EVERY, 'c'),
      '/home/conf.d/a.toml': `[daemon]\nhost = "::1"\n${job(EVERY, 'b')}`,
      '/home/conf.d/.#a.toml': 'broken',
      '/home/conf.d/notes.txt': 'broken',
    });
    expect(config.problems).toEqual([]);
    expect(config.daemon).toMatchObject({ port: 1, host: '::1' });
    expect(config.jobs.map((one) => one.name)).toEqual(['a', 'b', 'c']);
    expect(config.files).toEqual([MAIN, '/home/conf.d/a.toml', '/home/conf.d/b.toml']);
  });

  test('a setting given twice names both places, and the first counts', async () => {
    const config = await load({ [MAIN]: '[daemon]\nport = 1', '/home/conf.d/a.toml': '\n[daemon]\nport = 2' });
    expect(config.problems).toEqual([
      expect.objectContaining({
        file: '/home/conf.d/a.toml',
        line: 3,
        path: 'daemon.port',
        code: 'given_twice',
        message: expect.stringContaining(`${MAIN}:2`),
      }),
    ]);
    expect(config.daemon.port).toBe(1);
  });

  test('two entries of one identity are both refused, each naming the other', async () => {
    const config = await load({ [MAIN]: AGENT + job(EVERY), '/home/conf.d/a.toml': job(EVERY) + job(EVERY, 'b') });
    expect(config.problems).toEqual([
      expect.objectContaining({
        file: MAIN,
        line: 4,
        code: 'duplicate_entry',
        message: expect.stringContaining('/home/conf.d/a.toml:2'),
      }),
      expect.objectContaining({
        file: '/home/conf.d/a.toml',
        line: 2,
        code: 'duplicate_entry',
        message: expect.stringContaining(`${MAIN}:4`),
      }),
    ]);
    expect(config.jobs.map((one) => one.name)).toEqual(['b']);
    expect(config.keep_ids).toEqual([jobIdFor({ scope: 'global', name: 'a' })]);
  });

  test('two triggers with one webhook id are both refused', async () => {
    const lines = 'webhook_id = "wbh_x"\nwebhook_secret_ref = "env:S"\nendpoint_slug = "s"';
    const text = AGENT + trigger(lines) + trigger(lines, 'b');
    const config = await load(text.replaceAll('ext.x', 'webhook'));
    expect(config.problems.map((one) => one.code)).toEqual(['duplicate_entry', 'duplicate_entry']);
    expect(config.triggers).toEqual([]);
  });

  test('one broken file leaves the others alone', async () => {
    const config = await load({ [MAIN]: AGENT + job(EVERY), '/home/conf.d/a.toml': 'x =' });
    expect(config.jobs).toHaveLength(1);
    expect(config).toMatchObject({ unreadable_files: ['/home/conf.d/a.toml'], keep_all: true });
  });
});

describe('last good versions', () => {
  test('a broken entry is known by every identity that it may mean', async () => {
    const config = await load(
      AGENT + job(`timeout = "x"\n${EVERY}`) + trigger('priority = "x"', 't') + job(`scope = "globl"\n${EVERY}`, 'b'),
    );
    expect(config.keep_ids).toEqual([
      jobIdFor({ scope: 'global', name: 'a' }),
      jobIdFor({ scope: 'global', name: 'b' }),
      triggerIdFor({ scope: 'global', name: 't' }),
    ]);
    expect(config.keep_all).toBe(false);
  });

  test('an entry without a name forbids deleting anything', async () => {
    expect((await load(AGENT + job(EVERY).replace('name = "a"', 'name = 5'))).keep_all).toBe(true);
  });

  test('a list that is none forbids deleting anything', async () => {
    expect((await load('[automation]\njobs = 5')).keep_all).toBe(true);
  });

  test('a file that breaks keeps what it said before', async () => {
    const before = await load(`[daemon]\nport = 1\n${AGENT}${job(EVERY)}`);
    const after = await load('[daemon]\nport = \n', { previous: before });
    expect(after).toMatchObject({ daemon: { port: 1 }, jobs: before.jobs, agents: before.agents, keep_all: false });
    expect(after.problems).toMatchObject([{ code: 'invalid_syntax' }]);
    const mended = await load('[daemon]\nport = 2\n', { previous: after });
    expect(mended).toMatchObject({ daemon: { port: 2 }, jobs: [], problems: [], keep_all: false });
  });

  test('a broken setting keeps its last good value, and the default at first', async () => {
    const before = await load('[daemon]\nport = 1\n');
    expect((await load('[daemon]\nport = "x"\n', { previous: before })).daemon.port).toBe(1);
    expect((await load('[daemon]\nport = "x"\n')).daemon.port).toBe(7717);
    expect((await load('', { previous: before })).daemon.port).toBe(7717);
  });

  test('a broken agent or hook stays as it was, a removed one goes', async () => {
    const hook = '[[hooks]]\nname = "h"\nevent = "automation.paused"\ncommand = ["x"]\n';
    const before = await load(AGENT + job(EVERY) + hook);
    const after = await load(AGENT + 'permission = "x"\n' + job(EVERY) + hook.replace('["x"]', '5'), {
      previous: before,
    });
    expect(after).toMatchObject({ agents: before.agents, hooks: before.hooks, jobs: before.jobs });
    expect(await load('', { previous: before })).toMatchObject({ agents: [], hooks: [] });
  });

  test('a job of a broken agent is no mistake of its own', async () => {
    const config = await load(AGENT + 'permission = "x"\n' + job(EVERY));
    expect(config.problems.map((one) => one.path)).toEqual(['agents.echo.permission']);
    expect(config.jobs).toHaveLength(1);
  });
});

describe('where values come from', () => {
  test('flags go before environment before files before defaults', async () => {
    const config = await load('[daemon]\nport = 1\nhost = "::1"\nlog_level = "warn"\n', {
      environment: { ROUSE_PORT: '2', ROUSE_HOST: '0.0.0.0', ROUSE_LOG_LEVEL: '' },
      flags: { 'daemon.port': 3 },
    });
    expect(config.daemon).toMatchObject({ port: 3, host: '0.0.0.0', log_level: 'warn' });
    expect(config.origins.get('daemon.port')).toBe('flag');
    expect(config.origins.get('daemon.host')).toBe('environment');
    expect(config.origins.get('daemon.log_level')).toEqual({ file: MAIN, line: 4 });
    expect(config.origins.get('daemon.shutdown_grace')).toBe('default');
  });

  test('a bad override is told and not used', async () => {
    const config = await load('[daemon]\nport = 1\n', { environment: { ROUSE_PORT: 'many' } });
    expect(config.daemon.port).toBe(1);
    expect(config.problems).toMatchObject([
      { file: 'environment', path: 'daemon.port', message: expect.stringContaining('ROUSE_PORT') },
    ]);
  });

  test('automations are named, and tell what they inherit', async () => {
    const config = await load(
      `[automation]\ndefault_timeout = "5m"\n${AGENT}${job(`workspace = "~/src/shop"\n${EVERY}`)}`,
    );
    const { origins } = config;
    expect(origins.get('automation.jobs["shop/a"].schedule')).toEqual({ file: MAIN, line: 10 });
    expect(origins.get('automation.jobs["shop/a"].timeout')).toEqual({ file: MAIN, line: 2 });
    expect(origins.get('automation.jobs["shop/a"].fire_limit.max')).toBe('default');
    expect(origins.get('agents.echo.permission')).toBe('default');
  });

  test('secrets are not explained, nor carried by whoever writes the configuration somewhere', async () => {
    const config = await load(
      `[daemon]\nheartbeat_url = "https://hc.example/s3cret"\n[store]\nurl = "postgres://u:s3cret@db/x"\n
      [agents.a]\ncommand = ["x"]\nenv = { K = "s3cret", V = "vault:automation/k" }\nmcp_servers = [{ name = "m", url = "https://m/s3cret" }]
      [agents.b]\ntype = "http"\nurl = "https://b/"\nsecret_ref = "s3cret"
      [[hooks]]\nname = "h"\nevent = "automation.paused"\nurl = "https://hooks.example/s3cret"\n`,
    );
    const explained = explainConfig(config);
    expect(JSON.stringify([explained, config.problems])).not.toContain('s3cret');
    expect(explained.find((one) => one.path === 'agents.a.env')?.value).toEqual({
      K: '(not shown)',
      V: 'vault:automation/k',
    });
    expect(explained.find((one) => one.path === 'store.url')?.value).toBe('postgres://db/x');
    expect(Object.keys(config)).not.toContain('details');
  });

  test('a bare secret in an environment is worth a note', async () => {
    const config = await load('[agents.a]\ncommand = ["x"]\nenv = { API_KEY = "sk-1" }\n');
    expect(config.problems).toEqual([]);
    expect(config.notes).toMatchObject([{ line: 3, path: 'agents.a.env.API_KEY' }]);
    expect(JSON.stringify(config.notes)).not.toContain('sk-1');
  });
});

describe('problems are bounded, and reaching the bound is told', () => {
  test('unknown keys of one table', async () => {
    const config = await load(Array.from({ length: 700 }, (_, index) => `x${index} = 1`).join('\n'));
    expect(config.problems).toHaveLength(101);
    expect(config.problems.at(-1)).toMatchObject({
      line: 101,
      code: 'too_many_problems',
      message: expect.stringContaining('599'),
    });
  });

  test('problems of all files', async () => {
    const config = await load(Array.from({ length: 700 }, () => '[[watch]]\npaths = ["x"]').join('\n'));
    expect(config.problems).toHaveLength(501);
    expect(config.problems.at(-1)).toMatchObject({
      code: 'too_many_problems',
      message: expect.stringContaining('200'),
    });
  });
});

/** The API over a real store and the real commands, with time that the test moves. Nothing executes runs here but the test. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { AccessDesk } from '../../src/access/access-desk.ts';
import { TokenDesk } from '../../src/access/token-desk.ts';
import { type Api, createApi } from '../../src/api/api.ts';
import type { DaemonStatus, Readiness } from '../../src/api/api-deps.ts';
import type { Operation } from '../../src/api/contract/operation.ts';
import { operations } from '../../src/api/contract/operations.ts';
import { problemDocument } from '../../src/api/contract/problem-document.ts';
import { type OperationName, ROUTES } from '../../src/api/contract/route-table.ts';
import { ActivationIntake } from '../../src/engine/activation-intake.ts';
import { DeliveryIntake } from '../../src/engine/delivery-intake.ts';
import type { EngineSettings } from '../../src/engine/engine-context.ts';
import { createAutomationCommands } from '../../src/engine/commands/create-automation-commands.ts';
import { PauseSwitch } from '../../src/engine/pause-switch.ts';
import { PendingPermission } from '../../src/engine/pending-permission.ts';
import { createPlaceCursor } from '../../src/engine/place-cursor.ts';
import type { SimulationReport } from '../../src/engine/simulation-report.ts';
import type { PermissionAnswer } from '../../src/agents/agent-driver.ts';
import { AppError } from '../../src/errors/app-error.ts';
import { HappeningBus } from '../../src/events/happening.ts';
import type { AgentDefinition } from '../../src/model/agent.ts';
import { completeJob } from '../../src/model/definition.ts';
import type { Job } from '../../src/model/job.ts';
import type { Run } from '../../src/model/run.ts';
import type { TranscriptEntry } from '../../src/model/session.ts';
import { MasterKeys } from '../../src/secrets/master-key.ts';
import { Redactor } from '../../src/secrets/redactor.ts';
import { Vault } from '../../src/secrets/vault.ts';
import { PackageDesk } from '../../src/packages/package-desk.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { ClaimedRun, FollowUp, RunResult } from '../../src/store/run-store.ts';
import { createTaskCommands } from '../../src/tasks/task-commands.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

export const TOKEN = 'test-token';
/** A Sunday. */
export const START = Date.UTC(2026, 10, 22, 12);

const echo: AgentDefinition = {
  name: 'echo',
  type: 'command',
  command: ['/usr/bin/echo', '--key', 'sk-do-not-show'],
  preset: '',
  prompt_via: 'stdin',
  url: '',
  secret_ref: '',
  env: { API_KEY: 'sk-do-not-show-either' },
  env_pass: ['PATH'],
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
};

/** JSON that was held against the contract already; a test looks at the few fields that it is about. */
// oxlint-disable-next-line typescript/no-explicit-any -- a recursive JSON type would need a cast at every field
export type Loose = any;

export interface Harness {
  app: Api;
  store: Store;
  bus: HappeningBus;
  clock: ManualClock;
  home: string;
  status: DaemonStatus;
  readiness: Readiness;
  agents: AgentDefinition[];
  /** A request with the token, unless `init` says otherwise. */
  send(route: string, init?: SendInit): Promise<Response>;
  /** The same, and the body as JSON, which the contract must allow. */
  ask(route: string, init?: SendInit): Promise<{ status: number; body: Loose; headers: Headers }>;
  /** Claims what waits, as the dispatcher would. */
  claim(): Promise<ClaimedRun[]>;
  /** Starts a claimed run and gives it a session. */
  start(claimed: ClaimedRun): Promise<Run>;
  /** Stores entries, then tells of them, as the transcript writer does. */
  say(run: Run, texts: readonly string[]): Promise<void>;
  finish(claimed: ClaimedRun, result?: RunResult, followUp?: FollowUp): Promise<Run>;
  /** The agent of a started run asks; `answer` is what it is told. */
  askPermission(claimed: ClaimedRun): Promise<{ answer: Promise<PermissionAnswer> }>;
  /** What the next simulation answers; the engine's own is proved where it is. */
  simulation: SimulationReport;
  /** Definitions as a file would bring them. */
  syncFile(jobs: readonly Record<string, unknown>[]): Promise<Job[]>;
  close(): Promise<void>;
}

export interface SendInit {
  method?: string;
  json?: unknown;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  token?: string | null;
  signal?: AbortSignal;
}

export async function openHarness(p: { wrapStore?: (store: Store) => Partial<Store> } = {}): Promise<Harness> {
  const home = await mkdtemp(join(tmpdir(), 'rouse-api-'));
  const clock = new ManualClock(START);
  const bus = new HappeningBus();
  const store = await openSqliteStore({ home, node: 'node_test', now: clock.now() });
  const placeCursor = createPlaceCursor({ timezone: () => 'UTC', daily: () => ({ tokens: null, costUsd: null }) });
  const agents = [echo];
  const registry = {
    get: (name: string) => agents.find((agent) => agent.name === name),
    list: () => agents,
  };
  const pauseSwitch = new PauseSwitch({ store, settle: () => Promise.resolve() });
  await pauseSwitch.load();
  const permissions = new Map<string, PendingPermission>();
  const simulation: SimulationReport = {
    from: START,
    to: START,
    jobs: [],
    concurrent_max: 0,
    concurrent_cap: 5,
    expected: { tokens: 0, cost_usd: 0 },
    left_out: [],
  };
  const redactor = new Redactor();
  let draws = 0;
  // Repeatable, and different each time.
  const drawBytes = (count: number): Uint8Array =>
    createHash('sha256')
      .update(String((draws += 1)))
      .digest()
      .subarray(0, count);
  const daily = { tokens: null, costUsd: null };
  const settings = (): EngineSettings => ({
    timezone: 'UTC',
    maxConcurrentJobs: 5,
    maxConcurrentPerWorkspace: 0,
    catchUpSpreadMs: 0,
    daily,
    maxDepth: 4,
    eventsMaxAgeMs: null,
    deliveriesMaxAgeMs: null,
  });
  const poke = (): void => {};
  const commands = createAutomationCommands({
    intake: new ActivationIntake({ store, clock, bus, settings, poke, nextTurn: async () => {} }),
    deliveries: new DeliveryIntake({ store, clock, bus, settings, poke, nextTurn: async () => {} }),
    maxDepth: () => 4,
    store,
    clock,
    bus,
    agents: registry,
    placeCursor,
    defaults: () => ({}),
    pauseSwitch,
    timezone: () => 'UTC',
    daily: () => daily,
    findFolder: (path) => realpath(path).catch(() => undefined),
    permissionOf: ({ runId }) => permissions.get(runId),
    simulate: ({ days }) => Promise.resolve({ ...simulation, to: START + days * 86_400_000 }),
    randomBytes: drawBytes,
    workspacesChanged: async () => undefined,
    poke,
  });
  const status: DaemonStatus = {
    version: '0.1.0',
    home,
    node: 'node_test',
    url: 'http://127.0.0.1:7717',
    started_at: START,
    automation_enabled: true,
    config_problems: [],
    services: [{ name: 'planner', healthy: true }],
  };
  let leases = 0;
  const tasks = createTaskCommands({
    store,
    clock,
    bus,
    placeCursor,
    newToken: () => `lease-${(leases += 1)}`,
    randomBytes: (count) => randomBytes(count),
    poke: () => undefined,
  });
  const readiness: Readiness = { ready: true, waiting_for: [] };
  const app = createApi({
    store: withReplaced(store, p.wrapStore?.(store) ?? {}),
    commands,
    tasks,
    agents: registry,
    agentDesk: {
      detect: async () => [],
      test: async ({ name }) => (registry.get(name) === undefined ? undefined : { name, ready: true }),
    },
    bus,
    clock,
    access: new AccessDesk({ store, clock, randomBytes: drawBytes, adminToken: TOKEN }),
    tokens: new TokenDesk({ store, clock, randomBytes: drawBytes }),
    randomBytes: drawBytes,
    packages: new PackageDesk({
      store,
      clock,
      folder: join(home, 'packages'),
      environment: {},
      reload: async () => undefined,
    }),
    allowedHosts: ['rouse.lan'],
    vault: new Vault({
      store,
      keys: new MasterKeys({ home, environment: {}, randomBytes: drawBytes }),
      redactor,
      randomBytes: drawBytes,
    }),
    // The real ones are proven on the real daemon: they need a port.
    webhooks: { problemOf: () => Promise.resolve(undefined), send: () => Promise.reject(new Error('no port')) },
    hooks: { list: () => [], test: ({ name }) => Promise.reject(new AppError('hook_not_found', { name })) },
    missingSecrets: () => Promise.resolve([]),
    effectiveConfig: () => [],
    dailyBudget: () => ({ tokens: null, costUsd: null }),
    automationTimezone: () => 'UTC',
    status: () => status,
    metrics: async () => ({ contentType: 'text/plain', text: 'rouse_info 1\n' }),
    nodesChanged: () => undefined,
    readiness: () => readiness,
  });
  let tokens = 0;
  const seqs = new Map<string, number>();

  const send: Harness['send'] = async (route, init = {}) => {
    const [method = 'GET', path = ''] = route.split(' ');
    const token = init.token === undefined ? TOKEN : init.token;
    const body = init.json === undefined ? init.body : JSON.stringify(init.json);
    return app.request(path.startsWith('/') ? path : `/api/${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...init.headers,
      },
      ...(body === undefined ? {} : { body }),
      ...(init.signal === undefined ? {} : { signal: init.signal }),
    });
  };

  return {
    app,
    store,
    bus,
    clock,
    home,
    status,
    readiness,
    agents,
    send,
    async ask(route, init) {
      const response = await send(route, init);
      const text = await response.text();
      const body = text === '' ? undefined : JSON.parse(text);
      checkReply(route, response.status, response.headers.get('content-type') ?? '', body);
      return { status: response.status, body, headers: response.headers };
    },
    async claim() {
      const claimed = await store.claimRuns({
        now: clock.now(),
        node: 'node_test',
        lease_ms: 60_000,
        caps: { total: 100, per_agent: {}, per_workspace: 0, held: [] },
        tokens: Array.from({ length: 10 }, () => `token_${(tokens += 1)}`),
      });
      for (const { run } of claimed) bus.report({ type: 'run.claimed', at: clock.now(), run });
      return claimed;
    },
    async start({ run, token }) {
      const session = {
        id: `ses_${run.id}`,
        run_id: run.id,
        agent_name: 'echo',
        cwd: home,
        started_at: clock.now(),
        transcript_bytes: 0,
        transcript_truncated: false,
      };
      await store.startRun({ now: clock.now(), run_id: run.id, token, prompt: 'Say hello.', session });
      const started = (await store.getRun({ id: run.id })) as Run;
      bus.report({ type: 'run.started', at: clock.now(), run: started });
      return started;
    },
    async say(run, texts) {
      const session_id = run.session_id as string;
      let seq = seqs.get(session_id) ?? 0;
      const entries = texts.map((text): TranscriptEntry => ({
        seq: (seq += 1),
        at: clock.now(),
        kind: 'message',
        text,
      }));
      seqs.set(session_id, seq);
      await store.appendTranscript({ session_id, entries, bytes: texts.join('').length, truncated: false });
      bus.report({ type: 'transcript.appended', at: clock.now(), run_id: run.id, session_id, entries });
    },
    async finish(
      { run, token },
      result = { status: 'completed', output: 'hello' },
      followUp = { consecutive_failures: 0 },
    ) {
      const answer = await store.finishRun({
        now: clock.now(),
        run_id: run.id,
        token,
        result,
        decideFollowUp: () => followUp,
        placeCursor,
      });
      if (answer.outcome !== 'finished') throw new Error(`the run ${run.id} was lost`);
      bus.report({ type: 'run.finished', at: clock.now(), run: answer.run, will_retry: false });
      return answer.run;
    },
    async askPermission({ run, token }) {
      const pending = new PendingPermission({ clock, onEntry: () => undefined });
      const { open, answer } = pending.ask({
        request: {
          title: 'Delete the folder build',
          tool: 'shell',
          options: [
            { option_id: 'yes', name: 'Yes, once', kind: 'allow_once' },
            { option_id: 'always', name: 'Yes, always', kind: 'allow_always' },
            { option_id: 'no', name: 'No', kind: 'reject_once' },
          ],
        },
        agent: echo,
        signal: new AbortController().signal,
      });
      permissions.set(run.id, pending);
      await store.openPermission({ now: clock.now(), run_id: run.id, token, permission: open! });
      const asking = (await store.getRun({ id: run.id })) as Run;
      bus.report({ type: 'permission.opened', at: clock.now(), run: asking });
      return { answer };
    },
    simulation,
    async syncFile(jobs) {
      const automations = jobs.map((written) => {
        const completed = completeJob(written, { source: 'config', now: clock.now() });
        if (!completed.ok) throw new Error(JSON.stringify(completed.problems));
        return completed.automation;
      });
      await store.syncAutomations({ now: clock.now(), source: 'config', automations, keep_ids: [], placeCursor });
      return automations;
    },
    async close() {
      await store.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The store with single methods replaced. */
function withReplaced(store: Store, replaced: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const own: unknown = Reflect.get(replaced, name);
      const value: unknown = own ?? Reflect.get(target, name);
      return typeof value === 'function' && own === undefined ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Every reply that a test asks for is held against the contract, whatever the test is about. */
function checkReply(route: string, status: number, type: string, body: unknown): void {
  const [method = '', url = ''] = route.split(' ');
  if (status >= 400 && type !== 'application/json') {
    expect(type).toBe('application/problem+json');
    expect(problemDocument.parse(body)).toMatchObject({ status });
    return;
  }
  const path = `/${url.replace(/^\/(api\/)?/, '')}`.replace(/\?.*/, '');
  const name = (Object.keys(ROUTES) as OperationName[]).find((each) => {
    const [wanted, template = ''] = ROUTES[each].split(' ');
    return wanted === method && new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
  });
  const operation: Operation | undefined = name === undefined ? undefined : operations[name];
  if (operation?.reply.schema !== undefined) operation.reply.schema.parse(body);
  else expect(body).toBeUndefined();
}

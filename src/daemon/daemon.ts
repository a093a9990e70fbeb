/**
 * The composition root: the only place that chooses adapters, and the only one that knows in which order things start
 * and stop.
 *
 * Start: home and token, store (which claims the home), configuration, API, `daemon.json`, and the engine last, so that
 * nothing fires before it can be seen. Stop: no new starts, a grace period for what runs, a recorded end; then the API,
 * so that the end can be watched; then the store. A crash anywhere needs no counterpart: the next start is a late tick.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { AccessDesk } from '../access/access-desk.ts';
import { TokenDesk } from '../access/token-desk.ts';
import { createAcpDriver } from '../agents/acp/acp-driver.ts';
import { createCommandDriver } from '../agents/command/command-driver.ts';
import { createHttpDriver } from '../agents/http/http-driver.ts';
import { createProcessCustodian } from '../agents/process/process-custodian.ts';
import { createProcessTable } from '../agents/process/process-table.ts';
import { createApi } from '../api/api.ts';
import type { DaemonStatus, ServiceHealth } from '../api/api-deps.ts';
import { serveApi } from '../api/server.ts';
import type { ApiServer } from '../api/server.ts';
import { WebhookIngress } from '../api/webhook-ingress.ts';
import type { Clock } from '../clock/clock.ts';
import { systemClock } from '../clock/clock.ts';
import { explainConfig } from '../config/explain-config.ts';
import { loadConfig } from '../config/load-config.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { noteMissingSecrets } from '../config/secret-use.ts';
import { ActivationIntake } from '../engine/activation-intake.ts';
import { createAutomationCommands } from '../engine/commands/create-automation-commands.ts';
import { DeliveryIntake } from '../engine/delivery-intake.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineSettings } from '../engine/engine-context.ts';
import { createPlaceCursor } from '../engine/place-cursor.ts';
import { Pruner } from '../engine/pruner.ts';
import { AppError } from '../errors/app-error.ts';
import { HappeningBus } from '../events/happening.ts';
import type { AgentDefinition } from '../model/agent.ts';
import { createMcpEndpoint } from '../mcp/http-endpoint.ts';
import { MasterKeys } from '../secrets/master-key.ts';
import { Redactor } from '../secrets/redactor.ts';
import { SecretReferences } from '../secrets/secret-references.ts';
import { Vault } from '../secrets/vault.ts';
import { DeliveryDesk, type WebhookSettings } from '../sources/webhook/delivery-desk.ts';
import type { Store } from '../store/store.ts';
import { Heartbeat } from '../telemetry/heartbeat.ts';
import { LogFile } from '../telemetry/log-file.ts';
import { keepLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { LOG_FILE } from '../lib/home-files.ts';
import { createTaskCommands } from '../tasks/task-commands.ts';
import { agentEnvironment, passedOn } from './agent-environment.ts';
import { createAgentDesk } from './agent-desk.ts';
import { AgentTable } from './agent-table.ts';
import { matchPattern } from './bounded-pattern.ts';
import { ClusterBus } from './cluster-bus.ts';
import { ConfigKeeper } from './config-keeper.ts';
import { fileSystemFolders, findRealFolder } from './file-system-folders.ts';
import { ensureHome, ensureToken, removeDaemonFile, writeDaemonFile } from './home.ts';
import { NodeKeeper } from './node-keeper.ts';
import { NodeRelay } from './node-relay.ts';
import { openStore } from './open-store.ts';
import { openPageFolder, pageFolder } from './page-folder.ts';
import { reportFailure, reportRefusals } from './report-webhooks.ts';
import { createHookHouse } from './hook-house.ts';
import { DaysSimulator } from './simulation/days-simulator.ts';
import { PackageDesk } from '../packages/package-desk.ts';
import { rouseCommand } from './own-command.ts';
import { pruneSteps, worktreesOf } from './housekeeping.ts';
import { version } from './version.ts';
import { WatchKeeper } from './watch-keeper.ts';
import { webhookTools } from './webhook-tools.ts';

export interface DaemonOptions {
  /** Absolute; created when it does not exist. */
  home: string;
  /** Over `daemon.host` of the configuration. */
  host?: string;
  /** Over `daemon.port`; 0 takes a free one. */
  port?: number;
  /** The daemon's own environment: agents get the names that they may take over from it, and `env:` secrets. */
  environment: Readonly<Record<string, string | undefined>>;
  clock?: Clock;
  /** Listens from before the first happening on. */
  bus?: HappeningBus;
  /** Stands between the engine and the store that was opened; tests die or fail in it at named steps. */
  throughStore?: (store: Store) => Store;
}

export interface Daemon {
  readonly home: string;
  readonly url: string;
  readonly token: string;
  readonly bus: HappeningBus;
  readonly store: Store;
  /** Stops in order; idempotent. `reason` is what the log says. */
  stop(p: { reason: string }): Promise<void>;
  /** Resolves when the daemon has stopped. */
  readonly stopped: Promise<void>;
}

/** What an address must be, unless the owner vouches for the network: secrets travel over plain HTTP. */
const LOOPBACK_HOSTS = new Set(['127.0.0.1', '::1', 'localhost']);

/** Throws `home_in_use`, `home_read_only`, `disk_full`, `store_unavailable`, `address_unavailable`. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const clock = options.clock ?? systemClock();
  const bus = options.bus ?? new HappeningBus();
  const startedAt = clock.now();
  const home = path.resolve(options.home);
  const node = `${hostname()}:${process.pid}:${randomBytes(6).toString('hex')}`;
  await ensureHome(home);
  const load = { environment: options.environment, flags: flagsOf(options) };
  const redactor = new Redactor();
  // Which store it is stands in the configuration; which workspaces have one of their own stands in the store.
  const first = await loadConfig({ ...load, home, now: startedAt, workspaces: [] });
  const { url } = first.store;
  const opened = await openStore({ url, home, node, clock, environment: options.environment, redactor });
  const store = options.throughStore?.(opened) ?? opened;
  const undo: (() => Promise<void>)[] = [() => opened.close()];
  try {
    const token = await ensureToken({ home, randomBytes });
    const agents = new AgentTable();
    const loaded = await loadConfig({
      ...load,
      home,
      now: startedAt,
      workspaces: await store.listWorkspaces(),
      packages: await store.listPackages(),
    });
    const keeper: { current?: ConfigKeeper } = {};
    const config = () => keeper.current?.current ?? loaded;
    const settings = (): EngineSettings => engineSettings(config());
    const placeCursor = createPlaceCursor({
      timezone: () => settings().timezone,
      formerTimezone: () => keeper.current?.formerTimezone,
      daily: () => settings().daily,
    });
    redactor.remember(token);
    const logFile = new LogFile({ path: path.join(home, LOG_FILE) });
    const endLog = keepLog({
      bus,
      level: () => config().daemon.log_level,
      redact: (text) => redactor.redact(text),
      write: (line) => logFile.write(line),
    });
    undo.push(async () => {
      endLog();
      logFile.close();
    });
    const keys = new MasterKeys({ home, environment: options.environment, randomBytes });
    const vault = new Vault({ store, keys, redactor, randomBytes });
    const secrets = new SecretReferences({ environment: options.environment, redactor, vault });
    const tokens = new TokenDesk({ store, clock, randomBytes });
    const processes = createProcessTable({ clock });
    const late: { intake?: ActivationIntake } = {};
    const hookHouse = createHookHouse({
      store,
      clock,
      bus,
      processes,
      environment: options.environment,
      folder: path.join(home, 'work'),
      hooks: () => config().hooks,
      fetch,
      resolveSecret: (reference) => secrets.resolve(reference),
      redact: (text) => redactor.redact(text),
      newToken: () => randomBytes(16).toString('hex'),
      accept: async (activation) => late.intake?.accept(activation),
    });
    const worktrees = worktreesOf({ home, environment: options.environment });
    const secretOf = (reference: string): Promise<string> => secrets.resolve(reference);
    const drivers = {
      acp: createAcpDriver({ clock, processes, secretOf, rouseCommand: rouseCommand() }),
      command: createCommandDriver({ clock, processes }),
      http: createHttpDriver({ clock, version, secretOf }),
    };
    const workFolder = path.join(home, 'work');
    const environmentOf = ({ agent, runId }: { agent: AgentDefinition; runId: string }) =>
      agentEnvironment({ agent, runId, home, tokens, environment: options.environment, secrets });
    const nodeKeeper: { current?: NodeKeeper } = {};
    const engine = new Engine({
      preFire: hookHouse.preFire,
      store,
      clock,
      bus,
      agents,
      drivers,
      custodian: createProcessCustodian({ clock, processes }),
      node,
      placeCursor,
      newToken: () => randomBytes(16).toString('hex'),
      settings,
      standsBack: () => nodeKeeper.current?.standsBack === true,
      folders: fileSystemFolders,
      matchPattern,
      workFolder,
      worktrees,
      transcriptBytesMax: loaded.retention.transcripts.per_run_bytes,
      environmentOf,
      redact: (text) => redactor.redact(text),
    });
    const cluster = new ClusterBus(bus);
    const relay =
      store.channel === undefined
        ? undefined
        : new NodeRelay({ channel: store.channel, local: bus, cluster, store, poke: () => engine.poke() });
    undo.push(async () => relay?.close());
    /** Whoever changed something: this node looks at once, and so do the others. */
    const poke = (): void => {
      engine.poke();
      relay?.wake();
    };
    await engine.pauseSwitch.load();
    const intake = new ActivationIntake({
      store,
      clock,
      bus,
      settings,
      poke,
      nextTurn: () => setImmediate(),
    });
    late.intake = intake;
    const watches = new WatchKeeper({ store, clock, bus, intake, randomBytes });
    undo.push(() => watches.close());
    keeper.current = await ConfigKeeper.open(
      {
        home,
        store,
        clock,
        bus,
        agents,
        placeCursor,
        load,
        onApplied: async ({ enabled, watch }) => {
          const now = clock.now();
          await (enabled
            ? engine.pauseSwitch.resume({ now, cause: 'config' })
            : engine.pauseSwitch.pause({ now, cause: 'config', by: 'config' }));
          poke();
          // Not waited for: a large tree takes a while to be known, and nothing else depends on it.
          void watches.keep(watch);
        },
      },
      loaded,
    );
    undo.push(() => keeper.current!.close());

    const address: { server?: ApiServer } = {};
    const host = loaded.daemon.host;
    if (!loaded.daemon.insecure_http) refuseOpenHost(host);
    const simulator = new DaysSimulator({ store, agents, clock, settings });
    undo.push(() => simulator.close());
    const deliveries = new DeliveryIntake({
      store,
      clock,
      bus,
      settings,
      poke,
      nextTurn: () => setImmediate(),
    });
    const webhooks = webhookTools({ clock, secrets, randomBytes, url: () => address.server?.url ?? '', fetch });
    const commands = createAutomationCommands({
      intake,
      deliveries,
      maxDepth: () => settings().maxDepth,
      store,
      clock,
      bus,
      agents,
      placeCursor,
      pauseSwitch: engine.pauseSwitch,
      timezone: () => config().automation.timezone,
      daily: () => settings().daily,
      findFolder: findRealFolder,
      permissionOf: (p) => engine.permissionOf(p),
      simulate: (p) => simulator.simulate(p),
      defaults: () => {
        const { automation } = config();
        return {
          fire_limit: automation.default_fire_limit,
          catch_up_policy: automation.default_catch_up_policy,
          timeout: automation.default_timeout,
        };
      },
      randomBytes,
      workspacesChanged: async () => keeper.current?.reload(),
      poke,
    });
    const tasks = createTaskCommands({
      store,
      clock,
      bus,
      placeCursor,
      newToken: () => randomBytes(16).toString('hex'),
      randomBytes,
      poke,
    });
    const packages = new PackageDesk({
      store,
      clock,
      folder: path.join(home, 'packages'),
      environment: options.environment,
      reload: async () => keeper.current?.reload(),
    });
    const health = followHealth({ bus, engine });
    const status = (): DaemonStatus => ({
      version,
      home,
      node,
      url: address.server?.url ?? '',
      started_at: startedAt,
      automation_enabled: config().automation.enabled,
      max_concurrent_per_workspace: config().automation.max_concurrent_per_workspace,
      config_problems: keeper.current?.problems ?? config().problems,
      services: health(),
    });
    const metrics = createMetrics({
      bus,
      version,
      readings: {
        counts: () => store.readCounts(),
        configProblems: () => (keeper.current?.problems ?? config().problems).length,
        unhealthyServices: () => health().filter((service) => !service.healthy).length,
        lastTickAt: () => engine.health().last_tick_at,
        paused: () => commands.pauseState().paused,
      },
    });
    undo.push(async () => metrics.close());
    const app = createApi({
      store,
      commands,
      tasks,
      agents,
      agentDesk: createAgentDesk({
        agents,
        drivers,
        store,
        clock,
        table: processes,
        workFolder,
        newToken: () => `probe-${randomBytes(16).toString('hex')}`,
        // No run, so no token of one either.
        environmentOf: (agent) => environmentOf({ agent: { ...agent, rouse_scopes: [] }, runId: '' }),
        ordinaryEnvironment: passedOn(options.environment),
        redact: (text) => redactor.redact(text),
      }),
      bus: cluster,
      clock,
      access: new AccessDesk({ store, clock, randomBytes, adminToken: token }),
      vault,
      webhooks,
      hooks: hookHouse.tools,
      missingSecrets: async () =>
        noteMissingSecrets(config().details.secretUses, (reference) => secrets.problemOf(reference)),
      page: openPageFolder(pageFolder()),
      effectiveConfig: () => explainConfig(config()),
      dailyBudget: () => settings().daily,
      tokens,
      packages,
      randomBytes,
      allowedHosts: loaded.daemon.allowed_hosts,
      automationTimezone: () => config().automation.timezone,
      status,
      metrics: async () => ({ contentType: metrics.contentType, text: await metrics.render() }),
      readiness: () => {
        const waiting = health().filter((service) => !service.healthy);
        const ticked = engine.health().last_tick_at !== undefined;
        return {
          ready: ticked && waiting.length === 0,
          waiting_for: [...(ticked ? [] : ['engine']), ...waiting.map((service) => service.name)],
        };
      },
    });
    const mcp = createMcpEndpoint({
      fetchApi: (request) => app.fetch(request),
      version,
      approval: () => config().mcp.approval,
    });
    app.all('/mcp', (c) => mcp(c.req.raw));
    const door: { state: 'open' | 'stopping' } = { state: 'open' };
    const desk = new DeliveryDesk({
      store,
      clock,
      randomBytes,
      settings: () => webhookSettings(config()),
      state: () => (door.state === 'open' && commands.pauseState().paused ? 'paused' : door.state),
      secretOf: (reference) => secrets.resolve(reference).catch(() => undefined),
      redact: (text) => redactor.redact(text),
      accept: (delivery) => deliveries.accept(delivery),
      onRefused: (refusals) => reportRefusals({ bus, refusals, at: clock.now() }),
    });
    const ingress = new WebhookIngress({ desk, clock, onFailure: (error) => reportFailure({ bus, clock, error }) });
    const server = await listen({ app, host, port: loaded.daemon.port, clock, ingress });
    address.server = server;
    // Who was answered is on record by then; who is still being read is told to come later.
    undo.push(() => server.close().then(() => desk.flush()));
    await writeDaemonFile({ home, daemon: { pid: process.pid, url: server.url, version } });
    undo.push(() => removeDaemonFile({ home, pid: process.pid }));
    const heartbeat = new Heartbeat({
      clock,
      bus,
      url: () => config().daemon.heartbeat_url,
      lastTickAt: () => engine.health().last_tick_at,
      request: (url, { signal }) => fetch(url, { signal, redirect: 'error' }),
    });
    undo.push(() => heartbeat.close());
    nodeKeeper.current = await NodeKeeper.open({
      store,
      clock,
      bus,
      self: () => ({
        name: config().daemon.node === '' ? hostname() : config().daemon.node,
        instance: node,
        version,
        labels: [...config().daemon.labels],
        url: server.url,
        started_at: startedAt,
        running: engine.health().executing,
      }),
      onUndrained: () => engine.poke(),
      // One process owns a file, and it is us; elsewhere a daemon that was killed here need not be waited for.
      isGone: (instance) => store.capabilities.nodes === 'one' || isGoneHere(instance),
    });
    undo.push(() => nodeKeeper.current!.close());
    await keeper.current.watch();
    engine.start();
    hookHouse.courier.start();
    undo.push(() => hookHouse.courier.close());
    const pruner = new Pruner({ clock, bus, steps: pruneSteps({ store, worktrees, config }) });
    undo.push(() => pruner.close());
    pruner.start();
    heartbeat.start();
    bus.report({ type: 'daemon.started', at: clock.now(), url: server.url });

    const ending = Promise.withResolvers<void>();
    let stopping: Promise<void> | undefined;
    const stop = async (reason: string): Promise<void> => {
      bus.report({ type: 'daemon.stopping', at: clock.now(), reason });
      door.state = 'stopping';
      await engine.stop({ graceMs: config().daemon.shutdown_grace_ms });
      await undoAll(undo);
      ending.resolve();
    };
    return {
      home,
      url: server.url,
      token,
      bus,
      store,
      stop: ({ reason }) => (stopping ??= stop(reason)),
      stopped: ending.promise,
    };
  } catch (error) {
    await undoAll(undo);
    throw error;
  }
}

function engineSettings({ automation, retention }: LoadedConfig): EngineSettings {
  return {
    timezone: automation.timezone,
    maxConcurrentJobs: automation.max_concurrent_jobs,
    maxConcurrentPerWorkspace: automation.max_concurrent_per_workspace,
    catchUpSpreadMs: automation.catch_up_spread_ms,
    daily: { tokens: automation.budget.daily_tokens, costUsd: automation.budget.daily_cost_usd },
    maxDepth: automation.max_depth,
    eventsMaxAgeMs: retention.events.max_age_ms,
    deliveriesMaxAgeMs: retention.deliveries.max_age_ms,
  };
}

function webhookSettings({ webhooks }: LoadedConfig): WebhookSettings {
  const { max_body_bytes, rate, tolerance_ms } = webhooks;
  return { maxBodyBytes: max_body_bytes, rate: { max: rate.max, windowMs: rate.window_ms }, toleranceMs: tolerance_ms };
}

async function undoAll(undo: (() => Promise<void>)[]): Promise<void> {
  for (const step of undo.splice(0).toReversed()) await step();
}

function flagsOf(options: DaemonOptions): Record<string, string | number> {
  return {
    ...(options.host === undefined ? {} : { 'daemon.host': options.host }),
    ...(options.port === undefined ? {} : { 'daemon.port': options.port }),
  };
}

async function listen(p: Parameters<typeof serveApi>[0]): Promise<ApiServer> {
  try {
    return await serveApi(p);
  } catch (error) {
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const reason = inUse ? 'something listens there already' : error instanceof Error ? error.message : String(error);
    throw new AppError('address_unavailable', { host: p.host, port: p.port, reason }, { cause: error });
  }
}

/** Whether the instance, `machine:pid:…`, was a process of this machine that is not there any more. */
function isGoneHere(instance: string): boolean {
  const [machine, pid] = instance.split(':');
  if (machine !== hostname() || !/^\d+$/.test(pid ?? '')) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/** A token over plain HTTP is readable on the way, so nothing but this machine may be where it travels. */
function refuseOpenHost(host: string): void {
  if (!LOOPBACK_HOSTS.has(host)) throw new AppError('address_not_loopback', { host });
}

/** What `status` says of the services, from the same happenings that everybody else listens to. */
function followHealth(p: { bus: HappeningBus; engine: Engine }): () => ServiceHealth[] {
  const failing = new Map<string, ServiceHealth>();
  p.bus.subscribe((happening) => {
    if (happening.type === 'service.failed') {
      const since_at = failing.get(happening.service)?.since_at ?? happening.at;
      failing.set(happening.service, { name: happening.service, healthy: false, error: happening.error, since_at });
    }
    if (happening.type === 'service.recovered') failing.delete(happening.service);
    // A configuration that was applied is the recovery of one that could not be.
    if (happening.type === 'config.loaded') failing.delete('config');
  });
  return () => {
    const services = new Map<string, ServiceHealth>([['engine', { name: 'engine', healthy: true }], ...failing]);
    return [...services.values()];
  };
}

/** What can be asked of the daemon: the API with everything it answers from, MCP, and the door for webhooks. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { AccessDesk } from '../access/access-desk.ts';
import { namesOfAddress } from '../api/access.ts';
import { createApi } from '../api/api.ts';
import type { DaemonStatus } from '../api/api-deps.ts';
import { serveApi, type ApiServer } from '../api/server.ts';
import { WebhookIngress } from '../api/webhook-ingress.ts';
import { explainConfig } from '../config/explain-config.ts';
import { noteMissingSecrets } from '../config/secret-use.ts';
import { createAutomationCommands } from '../engine/commands/create-automation-commands.ts';
import { AppError } from '../errors/app-error.ts';
import { createMcpEndpoint } from '../mcp/http-endpoint.ts';
import { PackageDesk } from '../packages/package-desk.ts';
import { DeliveryDesk } from '../sources/webhook/delivery-desk.ts';
import { createTaskCommands } from '../tasks/task-commands.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createRandomPool } from './random-pool.ts';
import type { Endings } from './endings.ts';
import type { EngineRoom } from './engine-room.ts';
import { findRealFolder } from './file-system-folders.ts';
import type { Ground } from './ground.ts';
import { openPageFolder, pageFolder } from './page-folder.ts';
import { reportFailure, reportRefusals } from './report-webhooks.ts';
import type { HealthBoard } from './health-board.ts';
import { DaysSimulator } from './simulation/days-simulator.ts';
import { version } from './version.ts';
import { webhookTools } from './webhook-tools.ts';

export interface FrontDoor {
  url: string;
  /** Senders are told to come later from now on; what is asked still is answered. */
  refuseDeliveries(): void;
}

/** What an address must be, unless the owner vouches for the network: secrets travel over plain HTTP. */
const LOOPBACK_HOSTS = new Set(['127.0.0.1', '::1', 'localhost']);

/** Throws `address_unavailable`, `address_not_loopback`. */
export async function openFrontDoor(
  ground: Ground,
  room: EngineRoom,
  p: { health: HealthBoard; endings: Endings },
): Promise<FrontDoor> {
  const { clock, bus, store, home, redact, secrets, settings } = ground;
  const { daemon } = settings.config;
  const address: { server?: ApiServer } = {};
  if (!daemon.insecure_http) refuseOpenHost(daemon.host);
  const commands = commandsOf(ground, room, p);
  const app = createApi({
    ...commands,
    store,
    agents: ground.agents,
    agentDesk: room.agentDesk,
    bus: room.cluster,
    clock,
    access: new AccessDesk({ store, clock, randomBytes, adminToken: ground.token }),
    vault: ground.vault,
    webhooks: webhookTools({ clock, secrets, randomBytes, url: () => address.server?.url ?? '', fetch }),
    hooks: room.hooks.tools,
    missingSecrets: async () =>
      noteMissingSecrets(settings.config.details.secretUses, (reference) => secrets.problemOf(reference)),
    page: openPageFolder(pageFolder()),
    effectiveConfig: () => explainConfig(settings.config),
    dailyBudget: () => settings.engine().daily,
    tokens: ground.tokens,
    packages: new PackageDesk({
      store,
      clock,
      folder: path.join(home, 'packages'),
      environment: ground.environment,
      reload: () => settings.reload(),
    }),
    randomBytes,
    allowedHosts: [...namesOfAddress(daemon.host), ...daemon.allowed_hosts],
    automationTimezone: () => settings.config.automation.timezone,
    status: () => statusOf(ground, { health: p.health, url: address.server?.url ?? '' }),
    metrics: metricsOf(ground, room, { ...p, paused: () => commands.commands.pauseState().paused }),
    readiness: () => p.health.readiness(),
    nodesChanged: () => room.nodesChanged(),
  });
  const mcp = createMcpEndpoint({
    fetchApi: (request) => app.fetch(request),
    version,
    approval: () => settings.config.mcp.approval,
  });
  app.all('/mcp', (c) => mcp(c.req.raw));
  const door: { state: 'open' | 'stopping' } = { state: 'open' };
  const desk = new DeliveryDesk({
    store,
    clock,
    randomBytes: createRandomPool(),
    settings: () => settings.webhooks(),
    state: () => (door.state === 'open' && commands.commands.pauseState().paused ? 'paused' : door.state),
    secretOf: (reference) => secrets.resolve(reference).catch(() => undefined),
    redact,
    accept: (delivery) => room.deliveries.accept(delivery),
    onRefused: (refusals) => reportRefusals({ bus, refusals, at: clock.now() }),
  });
  const ingress = new WebhookIngress({ desk, clock, onFailure: (error) => reportFailure({ bus, clock, error }) });
  const server = await listen({ app, host: daemon.host, port: daemon.port, clock, ingress });
  address.server = server;
  // Who was answered is on record by then; who is still being read is told to come later.
  p.endings.add(() => server.close().then(() => desk.flush()));
  return {
    url: server.url,
    refuseDeliveries() {
      door.state = 'stopping';
    },
  };
}

function commandsOf(ground: Ground, room: EngineRoom, p: { endings: Endings }) {
  const { clock, bus, store, agents, settings, placeCursor } = ground;
  const { engine, intake, deliveries } = room;
  const poke = (): void => room.poke();
  const simulator = new DaysSimulator({ store, agents, clock, settings: () => settings.engine() });
  p.endings.add(() => simulator.close());
  const commands = createAutomationCommands({
    intake,
    deliveries,
    maxDepth: () => settings.engine().maxDepth,
    store,
    clock,
    bus,
    agents,
    placeCursor,
    pauseSwitch: engine.pauseSwitch,
    timezone: () => settings.config.automation.timezone,
    daily: () => settings.engine().daily,
    findFolder: findRealFolder,
    permissionOf: (which) => engine.permissionOf(which),
    simulate: (span) => simulator.simulate(span),
    defaults: () => {
      const { automation } = settings.config;
      return {
        fire_limit: automation.default_fire_limit,
        catch_up_policy: automation.default_catch_up_policy,
        timeout: automation.default_timeout,
      };
    },
    randomBytes,
    workspacesChanged: () => settings.reload(),
    poke,
  });
  const newToken = (): string => randomBytes(16).toString('hex');
  return { commands, tasks: createTaskCommands({ store, clock, bus, placeCursor, newToken, randomBytes, poke }) };
}

function statusOf(ground: Ground, p: { health: HealthBoard; url: string }): DaemonStatus {
  const { automation } = ground.settings.config;
  return {
    version,
    home: ground.home,
    node: ground.instance,
    url: p.url,
    started_at: ground.startedAt,
    automation_enabled: automation.enabled,
    max_concurrent_per_workspace: automation.max_concurrent_per_workspace,
    config_problems: ground.settings.problems,
    services: p.health.services(),
  };
}

function metricsOf(
  ground: Ground,
  room: EngineRoom,
  p: { health: HealthBoard; endings: Endings; paused: () => boolean },
): () => Promise<{ contentType: string; text: string }> {
  const metrics = createMetrics({
    bus: ground.bus,
    version,
    readings: {
      counts: () => ground.store.readCounts(),
      configProblems: () => ground.settings.problems.length,
      unhealthyServices: () => p.health.services().filter((service) => !service.healthy).length,
      lastTickAt: () => room.engine.health().last_tick_at,
      paused: p.paused,
    },
  });
  p.endings.add(() => metrics.close());
  return async () => ({ contentType: metrics.contentType, text: await metrics.render() });
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

/** A token over plain HTTP is readable on the way, so nothing but this machine may be where it travels. */
function refuseOpenHost(host: string): void {
  if (!LOOPBACK_HOSTS.has(host)) throw new AppError('address_not_loopback', { host });
}
